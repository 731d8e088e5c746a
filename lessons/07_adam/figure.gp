# A valley a hundred times as steep across as along, three times: SGD, momentum and Adam on their
# way down, in one scale. From shade to shade the loss grows by a factor of ten.
load style
paths = out."/adam_paths.csv"             # kappa, walker, u, w
kappa = 100
array WHO[3] = ["SGD", "momentum", "Adam"]
array HUE[3] = [INK, OTHER, PATH]
array NEED[3]                             # steps until 1e-3 from the lowest point
array U[3 * 400]                          # at most 400 places a walker; they rest at the last
array W[3 * 400]
do for [i=0:2] {
  k = 0
  stats paths using ($1 == kappa && $2 == i ? (k = k + 1, U[400*i + k] = $3, W[400*i + k] = $4, 0) : NaN) nooutput
  NEED[i + 1] = k - 1
  do for [j=k+1:400] { U[400*i + j] = U[400*i + k]; W[400*i + j] = W[400*i + k] }
}

unset border
unset tics
set xrange [-0.95:0.85]
array SHADE[6] = ["#b4c1ce", "#c6d0da", "#d5dde4", "#e2e7ec", "#edf0f3", "#f6f8f9"]
set object 10 rectangle from graph 0, 0 to graph 1, 1 behind fillstyle solid noborder fc rgb "#fbfcfc"
do for [k=6:1:-1] {                       # where the loss is below 10^(k - 4)
  r = sqrt(2 * 10.0**(k - 4))
  set object 20-k ellipse center 0, 0 size 2*r, 2*r/sqrt(kappa) behind fillstyle solid noborder fc rgb SHADE[k]
}

# Walker i after s steps. Counting starts at -1 because gnuplot takes the first sample of '+', too,
# for column headers.
u(i, s) = U[400*i + 1 + int(s < 0 ? 0 : s)]
w(i, s) = W[400*i + 1 + int(s < 0 ? 0 : s)]
left(i, s) = sqrt(u(i, s)**2 + w(i, s)**2)

# Walker i after `shown` steps, in its row of the picture. Momentum swings highest: twice the room.
row = "set margins at screen 0, screen 1, screen BELOW[i+1], screen ABOVE[i+1];". \
  "half = i == 1 ? 2.4 : 1.2;". \
  "set yrange [-half:half];". \
  "set label 1 WHO[i+1] at graph 0.98, graph 0.5 offset 0, 1.3 right textcolor rgb HUE[i+1];". \
  "set label 2 sprintf('after %d steps: %.3f to go', shown, left(i, shown)) at graph 0.98, graph 0.5 right textcolor rgb HUE[i+1];". \
  "set label 3 sprintf('within 0.001 after %d', NEED[i+1]) at graph 0.98, graph 0.5 offset 0, -1.3 right textcolor rgb HUE[i+1];". \
  "set label 4 'start' at -0.8, 0.6 offset -0.8, 0 right textcolor rgb INK;". \
  "set label 5 (i == 1 ? '' : 'minimum') at 0, -0.75 center textcolor rgb DATA;". \
  "plot sample [s=-1:shown:1] '+' using (u(i, s)):(w(i, s)) with linespoints lw 1.5 pt 7 ps DOT lc rgb HUE[i+1],". \
  "  [s=-1:0:1] '+' using (u(i, 0)):(w(i, 0)) with points pt 6 ps 1.6 lw 2 lc rgb INK,". \
  "  [s=-1:0:1] '+' using (0):(0) with points pt 2 ps 1.6 lw 2 lc rgb DATA,". \
  "  [s=-1:0:1] '+' using (u(i, shown)):(w(i, shown)) with points pt 7 ps 1.6 lc rgb HUE[i+1]"
array BELOW[3] = [0.755, 0.252, 0.0]
array ABOVE[3] = [1.0, 0.748, 0.245]

set terminal @PNG
set output out."/".name.".png"
DOT = 0.6; shown = 60
set multiplot
do for [i=0:2] { @row }
unset multiplot

# Everybody sets out at once, a step a frame; the last frame is held.
set terminal @GIF delay 10
set output out."/".name.".gif"
DOT = 0.5
do for [frame=-4:72] {
  shown = frame < 0 ? 0 : frame > 60 ? 60 : frame
  set multiplot
  do for [i=0:2] { @row }
  unset multiplot
}
