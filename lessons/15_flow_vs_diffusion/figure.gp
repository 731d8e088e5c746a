# Energy distance to fresh data against evaluations: what networks reach, and what the exact field.
load style
budgets = out."/budgets.csv"     # 0: exact, 1: networks, 2: at another rate, -1: two sets of data; N; three samplers
array NAME[3]   = ["flow, Euler", "diffusion, DDIM", "diffusion, DDPM"]
array COLOUR[3] = [PATH, DATA, OTHER]
array N[5] = [5, 10, 20, 50, 100]

# Mean, lowest and highest of the three seeds for sampler i at budget n.
array LOW[15]
array MEAN[15]
array HIGH[15]
array EXACT[15]
do for [i=1:3] {
  do for [n=1:5] {
    stats budgets using ($1 == 1 && $2 == N[n] ? column(i + 2) : NaN) nooutput
    j = 5 * (i - 1) + n
    LOW[j] = STATS_min; MEAN[j] = STATS_mean; HIGH[j] = STATS_max
    stats budgets using ($1 == 0 && $2 == N[n] ? column(i + 2) : NaN) nooutput
    EXACT[j] = STATS_mean
  }
}
stats budgets using ($1 == -1 ? $3 : NaN) nooutput
self = STATS_mean

# Counting starts at 0 because gnuplot takes the first sample of '+' for column headers.
set terminal @PNG
set output out."/".name.".png"
set logscale xy
set xrange [4.2:120]
set yrange [1e-3:1.6]
set xtics ("5" 5, "10" 10, "20" 20, "50" 50, "100" 100)
set ytics ("1" 1, "0.1" 0.1, "0.01" 0.01)
set xlabel "evaluations of the network"
set label 10 "energy distance to fresh data (smaller is better)" at screen 0.02, 0.955 left textcolor rgb INK
set bmargin at screen 0.12
set tmargin at screen 0.84
set multiplot
do for [panel=0:1] {
  set lmargin at screen (panel ? 0.545 : 0.085)
  set rmargin at screen (panel ? 0.835 : 0.375)
  set title (panel ? "the exact field" : "trained networks, three seeds")
  if (panel) { unset label 10 }
  if (panel) { set ytics ("" 1, "" 0.1, "" 0.01) }
  set arrow 1 from graph 0, first self to graph 1, first self nohead back lw 2 dt 2 lc rgb FLOOR
  set label 20 "two sets of data" at 4.6, self * (panel ? 0.86 : 0.86) left textcolor rgb FLOOR font ",11"
  do for [i=1:3] {
    y = panel ? EXACT[5 * i] : MEAN[5 * i]
    up = panel ? (i == 2 ? 1.1 : 1) : 1
    set label i NAME[i] at 132, y * up left textcolor rgb COLOUR[i] font ",11"
  }
  if (panel) {
    plot for [i=1:3] [n=0:5:1] '+' using (N[int(n)]):(EXACT[5 * (i - 1) + int(n)]) \
      with linespoints lw 2 pt 7 ps 0.7 lc rgb COLOUR[i]
  } else {
    plot for [i=1:3] [n=0:5:1] '+' using (N[int(n)] * (1 + 0.03 * (i - 2))):(MEAN[5 * (i - 1) + int(n)]): \
      (LOW[5 * (i - 1) + int(n)]):(HIGH[5 * (i - 1) + int(n)]) with yerrorbars lw 1 pt 7 ps 0.1 lc rgb COLOUR[i], \
      for [i=1:3] [n=0:5:1] '+' using (N[int(n)] * (1 + 0.03 * (i - 2))):(MEAN[5 * (i - 1) + int(n)]) \
      with linespoints lw 2 pt 7 ps 0.7 lc rgb COLOUR[i]
  }
}
unset multiplot
