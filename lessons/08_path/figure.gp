# Pairs of noise and data, the straight line of each, and the points on their way along them.
load style
points = 2000                   # path.csv: end, x, y: where 2000 pairs begin, then where they end
lines  = 60                     # so many of them are drawn as lines
CURVE  = "#e8b5a9"              # DATA, thinned with white
LINE   = "#bccddf"              # PATH, thinned with white

array X[2 * points]
array Y[2 * points]
stats out."/path.csv" using (X[$0 + 1] = $2, Y[$0 + 1] = $3, 0) nooutput
# Where pair i, counted from 1, is at time T.
x(i, T) = (1 - T) * X[i] + T * X[points + i]
y(i, T) = (1 - T) * Y[i] + T * Y[points + i]

# Sampling starts early because gnuplot takes the first sample of '+', too, for column headers.
curve = "sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 4 lc rgb CURVE"
paths = "for [j=1:lines] [s=-1:1:1] '+' using (x(j, s)):(y(j, s)) with lines lw 0.7 lc rgb LINE"
cloud(t) = "[s=0:shown:1] '+' using (x(int(s), ".t.")):(y(int(s), ".t.")) with points pt 7 ps SIZE lc rgb "
begin = cloud("0"); half = cloud("0.5"); end = cloud("1"); now = cloud("T")

unset border
unset tics
set yrange [-3.1:3.1]

set terminal @PNG
set output out."/".name.".png"
set multiplot
set lmargin at screen 0.01; set rmargin at screen 0.99
set bmargin at screen 0.34; set tmargin at screen 0.99
set xrange [-3.4:14]
set label 1 "noise, t = 0" at -3.2, 2.7 left textcolor rgb INK
set label 2 "halfway, t = 0.5" at 3.6, 2.7 center textcolor rgb PATH
set label 3 "data, t = 1" at 11.4, 1.4 left textcolor rgb DATA
shown = lines; SIZE = 0.6
plot @curve, @paths, @begin NOISE, @half PATH, @end DATA

# Below it, where all are at five times.
unset label
set bmargin at screen 0.02; set tmargin at screen 0.30
set yrange [-4.6:4.6]
shown = points; SIZE = 0.14
do for [k=0:4] {
  T = k / 4.0
  set lmargin at screen 0.005 + 0.2 * k; set rmargin at screen 0.195 + 0.2 * k
  set label 1 sprintf("t = %.2f", T) at graph 0.5, 0.95 center textcolor rgb INK
  plot @curve, @now (k == 0 ? NOISE : k == 4 ? DATA : PATH)
}
unset multiplot
unset label

# They set out together, each along its own line and at its own speed.
set terminal @GIF delay 7
set output out."/".name.".gif"
set margins 1, 1, 1, 1
set yrange [-3.1:3.1]
do for [frame=-3:34] {
  T = frame < 0 ? 0.0 : frame > 25 ? 1.0 : frame / 25.0
  set label 1 sprintf("t = %.2f", T) at graph 0.03, 0.95 left textcolor rgb INK
  set label 2 "a straight line for each pair" at graph 0.97, 0.95 right textcolor rgb PATH
  shown = 400; SIZE = 0.35
  plot @curve, @paths, @now INK
}
