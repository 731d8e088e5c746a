# Error against evaluations, on a field with kinks and on one without. Moving: one step of RK4.
load style
array NAMES[4]  = ["Euler", "midpoint", "Heun", "RK4"]
array COLOUR[4] = [NOISE, OTHER, FLOOR, PATH]

# ---- From the tables solver (0 to 3), evaluations, error: a panel for each field.
curve(activation) = out."/".name."_".activation.".csv"
array LAST[4]
array APART[4] = [1, 0.66, 1.5, 1]     # keeps names apart where curves end close together
set terminal @PNG
set output out."/".name.".png"
set logscale xy
set xrange [3.4:512]
set yrange [2e-6:5]
set xtics ("4" 4, "16" 16, "64" 64, "256" 256)
set ytics ("1" 1, "0.1" 0.1, "0.01" 0.01, "0.001" 1e-3, "10⁻⁴" 1e-4, "10⁻⁵" 1e-5)
set label 10 "error" at screen 0.02, 0.95 left textcolor rgb INK
set xlabel "evaluations of the network"
set bmargin at screen 0.12
set tmargin at screen 0.90
set label 20 "50 Euler steps\n13 RK4 steps" at 46, 6e-6 right textcolor rgb NOISE font ",11"
set arrow 1 from 50, graph 0 to 50, graph 1 nohead back lw 1 lc rgb FAINT
set multiplot
do for [activation in "ReLU tanh"] {
  smooth = activation eq "tanh"
  set lmargin at screen (smooth ? 0.55 : 0.085)
  set rmargin at screen (smooth ? 0.85 : 0.385)
  set title (smooth ? "field without kinks (tanh)" : "field with kinks (ReLU)")
  do for [i=1:4] {
    stats curve(activation) using ($1 == i - 1 && $2 == 512 ? $3 : NaN) nooutput
    LAST[i] = STATS_max
    order = i == 1 ? 1 : i == 4 && smooth ? 4 : 2
    set label i sprintf("%s, order %d", NAMES[i], order) \
      at 600, LAST[i] * (smooth ? 1 : APART[i]) left textcolor rgb COLOUR[i] font ",11"
  }
  if (smooth) {
    unset label 10
    unset label 20
    set ytics ("" 1, "" 0.1, "" 0.01, "" 1e-3, "" 1e-4, "" 1e-5)
    set label 21 "float rounding" at 230, LAST[4] / 1.9 center textcolor rgb PATH font ",11"
  }
  plot for [i=1:4] curve(activation) using ($1 == i - 1 ? $2 : NaN):3 \
    with linespoints lw 2 pt 7 ps 0.7 lc rgb COLOUR[i]
}
unset multiplot

# ---- One step of RK4 on dx/dt = x^2 cos t, from the table t, x, slope of its four looks.
reset
load style
array T[4]
array X[4]
array K[4]
stats out."/".name."_step.csv" using (T[$0 + 1] = $1, X[$0 + 1] = $2, K[$0 + 1] = $3, 0) nooutput
mean = (K[1] + 2 * K[2] + 2 * K[3] + K[4]) / 6
exact(t) = 1 / (2 - sin(t))
array CAPTION[6] = [ \
  "k1: the slope at the start", \
  "k2: half a step along k1, look again", \
  "k3: back to the start, half a step along k2, look again", \
  "k4: back to the start, a whole step along k3, look again", \
  "then walk along (k1 + 2 k2 + 2 k3 + k4) / 6", \
  sprintf("RK4 ends %.3f from the exact curve, Euler %.3f", \
          abs(X[1] + mean - exact(1)), abs(X[1] + K[1] - exact(1)))]

set terminal @GIF delay 150
set output out."/".name.".gif"
set lmargin at screen 0.05; set rmargin at screen 0.97
set bmargin at screen 0.10; set tmargin at screen 0.97
set xrange [-0.06:1.16]
set yrange [0.44:0.99]
set xtics ("t" 0, "t + h/2" 0.5, "t + h" 1)
unset ytics
set border 1
L = 0.085                              # half the length of a slope
do for [frame=0:8] {
  known = frame < 4 ? frame : 4
  unset arrow
  unset label
  do for [k=1:known] {
    if (k > 1) {
      set arrow from 0, X[1] to T[k], X[k] nohead lw 1 dt 2 lc rgb (k == frame ? PATH : FAINT)
    }
    set arrow from T[k] - L, X[k] - L * K[k] to T[k] + L, X[k] + L * K[k] \
      nohead front lw 4 lc rgb (k == frame || frame > 4 ? PATH : NOISE)
    side = k < 3 ? 1 : -1              # k1 and k2 are named below their slope, k3 and k4 above
    set label sprintf("k%d", k) at T[k] + 0.03 * side, X[k] - 0.03 * side \
      center front textcolor rgb PATH
  }
  if (frame > 4) {
    set arrow from 0, X[1] to 1, X[1] + mean nohead front lw 2 lc rgb DATA
    set label "RK4" at 1.02, X[1] + mean left front textcolor rgb DATA
  }
  if (frame > 5) {
    set arrow from 0, X[1] to 1, X[1] + K[1] nohead front lw 2 lc rgb NOISE
    set label "Euler" at 1.02, X[1] + K[1] left front textcolor rgb NOISE
  }
  set label "exact" at 0.76, exact(0.76) - 0.035 left front textcolor rgb FLOOR
  set label (frame == 0 ? "one step from t to t + h, on a bending field" : CAPTION[frame < 6 ? frame : 6]) \
    at graph 0.02, 0.93 left front textcolor rgb INK font ",13"
  set label "" at 0, X[1] front point pt 7 ps 1 lc rgb INK
  plot sample [s=0:1] '+' using (s):(exact(s)) with lines lw 3 lc rgb FLOOR
}
