# A valley a hundred times as steep across as along (drawn too wide): three ways down.
load style
paths = out."/adam_paths.csv"              # kappa, walker, x, y
kappa = 100
array WHO[3]  = ["SGD", "momentum", "Adam"]
array HUE[3]  = [NOISE, OTHER, PATH]
array X[3 * 300]                           # at most 300 places a walker; they rest at the last
array Y[3 * 300]
do for [w=0:2] {
  k = 0
  stats paths using ($1 == kappa && $2 == w ? (k = k + 1, X[300*w + k] = $3, Y[300*w + k] = $4, 0) : NaN) nooutput
  do for [i=k+1:300] { X[300*w + i] = X[300*w + k]; Y[300*w + i] = Y[300*w + k] }
}

unset border
unset tics
set margins 0, 0, 0, 0
set xrange [-0.95:0.75]
set yrange [-1.45:1.15]
do for [i=1:9] {
  r = 0.9 * i * sqrt(1.0 * i)
  set object i ellipse center 0, 0 size 2*r, 2*r/sqrt(kappa) fillstyle empty border rgb FAINT lw 1.2
}
do for [w=0:2] {
  set label w+1 WHO[w+1] at graph 0.97, 0.93 - 0.06*w right textcolor rgb HUE[w+1]
}

# Walker w after s steps. Counting starts at -1 because gnuplot takes the first sample of '+', too,
# for column headers.
x(w, s) = X[300*w + 1 + int(s < 0 ? 0 : s)]
y(w, s) = Y[300*w + 1 + int(s < 0 ? 0 : s)]
way = "'+' using (x(%d, s)):(y(%d, s)) with linespoints lw 1.5 pt 7 ps DOT lc rgb HUE[%d]"
now = "'+' using (x(%d, shown)):(y(%d, shown)) with points pt 7 ps 2 lc rgb HUE[%d]"
panel = "sample [s=-1:0:1] '+' using (0):(0) with points pt 2 ps 2 lw 2 lc rgb FLOOR"
do for [w=0:2] {
  panel = panel.", [s=-1:shown:1] ".sprintf(way, w, w, w + 1).", [s=-1:0:1] ".sprintf(now, w, w, w + 1)
}

set terminal @PNG
set output out."/".name.".png"
DOT = 0.7; shown = 60
plot @panel

# Everybody sets out at once, a step a frame; the last frame is held.
set terminal @GIF delay 10
set output out."/".name.".gif"
DOT = 0.6
do for [frame=-4:72] {
  shown = frame < 0 ? 0 : frame > 60 ? 60 : frame
  set label 4 sprintf("step %d", shown) at graph 0.97, 0.73 right textcolor rgb INK
  plot @panel
}
