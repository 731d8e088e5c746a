# Noise coloured by the tag that is asked for; every colour flows to its tenth of the curve.
load style
states = out."/".name."_states.csv"      # frame, x, y: 2000 points in each of the frames 0 to 50
points = 2000
last   = 50
tenth  = 0.4 * pi
CURVE  = "#e6e2de"

# Neighbours must be told apart: five colours, each dark and light.
array COLOUR[10] = ["#2f5d8c", "#6fa3d0", "#2e7d6b", "#79bd9c", "#a8842c", \
                    "#e0bf62", "#b8452d", "#e79a84", "#74488a", "#b48fc4"]

# All positions in memory: point i (from 0) of frame k; the points 200 * tag to 200 * tag + 199 ask
# for that tag.
array X[(last + 1) * points]
array Y[(last + 1) * points]
array SHARE[10]
stats states using (X[$0 + 1] = $2, Y[$0 + 1] = $3, 0) nooutput
x(k, i) = X[k * points + i + 1]
y(k, i) = Y[k * points + i + 1]

# The share of a tag's samples that end in its tenth.
do for [tag=0:9] {
  from = last * points + 200 * tag
  stats states every ::from::(from + 199) using (floor($2 / tenth) == tag ? 1 : 0) nooutput
  SHARE[tag + 1] = STATS_mean
}

# State k, light colours over dark ones. Counting starts at -1 because gnuplot takes the first sample
# of '+', too, for column headers.
state = "sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 3 lc rgb CURVE,". \
  "for [tag=0:9] [s=-1:199:1] '+' using (x(k, 200*tag + int(s))):(y(k, 200*tag + int(s)))". \
  "  with points lt 1 pt 7 ps SIZE lc rgb COLOUR[tag + 1]"

unset border
unset tics
set xrange [-3.6:14.6]
set yrange [-3.2:3.2]

# The borders of the tenths and, named above them, the tags.
do for [j=0:10] {
  set arrow from j * tenth, -1.75 to j * tenth, 1.75 nohead back lw 1 lc rgb FAINT
}
do for [tag=0:9] {
  set label tag + 1 sprintf("%d", tag) at (tag + 0.5) * tenth, 2.05 center front \
    textcolor rgb COLOUR[tag + 1]
}
set label 20 "tag" at -0.3, 2.05 right front textcolor rgb INK

set terminal @PNG
set output out."/".name.".png"
SIZE = 0.32
set multiplot layout 2,1 margins 0.01,0.99,0.01,0.99 spacing 0,0.01
k = 0
set label 30 "t = 0: noise, coloured by the tag asked for" at graph 0.99, 0.06 right textcolor rgb INK
plot @state
k = last
set label 30 "t = 1"
do for [tag=0:9] {
  set label tag + 40 sprintf("%g %%", 100 * SHARE[tag + 1]) at (tag + 0.5) * tenth, -2.1 \
    center textcolor rgb COLOUR[tag + 1] font ",11"
}
set label 50 "in their tenth" at -0.3, -2.1 right textcolor rgb INK font ",11"
plot @state
unset multiplot
do for [tag=0:10] { unset label tag + 40 }

set terminal @GIF delay 6
set output out."/".name.".gif"
set margins 1, 1, 1, 1
SIZE = 0.28
do for [frame=-6:last+14] {
  k = frame < 0 ? 0 : frame > last ? last : frame
  set label 30 sprintf("t = %.2f", 1.0 * k / last)
  plot @state
}
