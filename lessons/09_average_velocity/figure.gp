# Left: lines from noise to -2 and 2, which cross. Right: the same noise follows their mean.
load style
table = out."/average_velocity.csv"       # t, line, flow: 40 points, one after the other, at 51 times
count = 40
times = 51
LINE  = "#bccddf"                         # PATH, thinned with white

array T[count * times]
array L[count * times]
array F[count * times]
stats table using (T[$0 + 1] = $1, L[$0 + 1] = $2, F[$0 + 1] = $3, 0) nooutput
# Of point j, counted from 0, at step k: where it is on its line, and where it is on its way along u.
line(j, k) = L[times * j + k + 1]
flow(j, k) = F[times * j + k + 1]

set xrange [0:1]
set yrange [-2.7:2.7]
set xtics (0, 0.5, 1)
set ytics (-2, 0, 2)
set xlabel "t" offset 0, 0.5
set ylabel "x" offset 1.5, 0

# Sampling starts early because gnuplot takes the first sample of '+', too, for column headers.
lines = "for [j=0:count-1] [s=-1:shown:1] '+' using (s/50.0):(line(j, int(s))) with lines lw 1 lc rgb "
flows = "for [j=0:count-1] [s=-1:shown:1] '+' using (s/50.0):(flow(j, int(s))) with lines lw 1.4 lc rgb "
ends  = "[s=-1:count-1:1] '+' using (0):(line(int(s), 0)) with points pt 7 ps 0.5 lc rgb NOISE, ". \
  "[s=-1:1:1] '+' using (1):(4 * s - 2) with points pt 7 ps 1.2 lc rgb DATA"

line_now = "[s=-1:count-1:1] '+' using (shown / 50.0):(line(int(s), shown)) with points pt 7 ps 0.5 lc rgb PATH"
flow_now = "[s=-1:count-1:1] '+' using (shown / 50.0):(flow(int(s), shown)) with points pt 7 ps 0.5 lc rgb PATH"
middle = "sample [s=0:1] '+' using (s):(0) with lines lw 1 lc rgb FAINT"

set terminal @PNG
set output out."/".name.".png"
shown = times - 1
set multiplot
set bmargin at screen 0.11; set tmargin at screen 0.92
set lmargin at screen 0.06; set rmargin at screen 0.48
set title "each on its own line: they cross"
plot @middle, @lines PATH, @ends
set lmargin at screen 0.55; set rmargin at screen 0.97
set title "each along the mean velocity: none cross"
plot @middle, @lines LINE, @flows PATH, @ends
unset multiplot

# The same clouds at each time, by two ways. The last frame is held.
set terminal @GIF delay 10
set output out."/".name.".gif"
do for [frame=-2:33] {
  shown = frame < 0 ? 0 : frame > 25 ? times - 1 : 2 * frame
  set multiplot
  set bmargin at screen 0.14; set tmargin at screen 0.91
  set lmargin at screen 0.07; set rmargin at screen 0.48
  set title "each on its own line"
  plot @middle, @lines LINE, @line_now, @ends
  set lmargin at screen 0.56; set rmargin at screen 0.97
  set title "each along the mean velocity"
  plot @middle, @flows LINE, @flow_now, @ends
  unset multiplot
}
