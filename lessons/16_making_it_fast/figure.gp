# Left: the roofline of the step, and of a large product. Right: where a step's time goes.
load style
array P[9]        # seconds: entry, transposed, 16 chains, row, tile, three widths, 2 threads
array S[7]        # draw, and loss, and gradients, and Adam, in 4 nodes, in 10, no free lists
array K[20]       # ten kernels, two fused, the ten, the seven, three widths, two copies, a loop
array F[20]
array B[20]
base = out."/".name."_"
stats base."product.csv" using (P[$0 + 1] = $1, flop = $2, 0) nooutput
stats base."step.csv" using (S[$0 + 1] = $1 * 1e6, 0) nooutput
stats base."kernel.csv" using (K[$0 + 1] = $1, F[$0 + 1] = $2, B[$0 + 1] = $3, 0) nooutput

set terminal @PNG
set output out."/".name.".png"
set multiplot

# ---- The roofline.
array WIDTH[3] = ["baseline", "avx2", "avx512"]
height(i) = F[14 + i] / K[14 + i] * 1e-9            # GFLOP/s
slope(i) = B[17 + i] / K[17 + i] * 1e-9             # GB/s
top = height(1)
do for [i=2:3] { if (height(i) > top) { top = height(i) } }
here(i) = height(i) > 0                             # not NaN
set lmargin at screen 0.08; set rmargin at screen 0.60
set bmargin at screen 0.12; set tmargin at screen 0.90
set logscale xy
set xrange [0.05:110]
set yrange [1:500]
set xtics ("0.1" 0.1, "1" 1, "10" 10, "100" 100)
set ytics ("1" 1, "10" 10, "100" 100)
set xlabel "operations for each byte (FLOP/byte)"
set label 1 "GFLOP/s" at screen 0.015, 0.95 left
do for [i=1:3] {
  if (here(i)) { set label 1 + i WIDTH[i] at 100, height(i) * 1.18 right textcolor rgb FLOOR font ",10" }
}
set label 10 sprintf("out of the L1 cache, %.0f GB/s", slope(1)) at 0.055, slope(1) * 0.055 * 2.1 \
  left rotate by 41 textcolor rgb FLOOR font ",10"
set label 11 sprintf("51 KB, %.0f GB/s", slope(2)) at 0.28, slope(2) * 0.28 * 0.55 \
  left rotate by 41 textcolor rgb FLOOR font ",10"
size = (flop / 2) ** (1 / 3.0)                      # of the large product
large = size / 6                                    # its FLOP/byte
array LARGE[8] = ["entry by entry", "", "", "row by row", "tile by tile", "", "", ""]
widest = P[8] > 0 ? 8 : P[7] > 0 ? 7 : 6
LARGE[widest] = "the library"
do for [i=1:8] {
  if (P[i] > 0 && LARGE[i] ne "") {
    set label 20 + i LARGE[i] at large * 0.8, flop / P[i] * 1e-9 right textcolor rgb DATA font ",11"
  }
}
set label 30 sprintf("%.0f x %.0f x %.0f", size, size, size) at 105, 1.25 right textcolor rgb DATA font ",11"
array PRODUCT[10] = [1, 0, 1, 0, 0, 1, 1, 0, 0, 1]
set label 60 "the step:\nits products" at 1.85, 84 left textcolor rgb PATH font ",11"
set label 61 "its passes over memory" at 0.29, 6 left textcolor rgb OTHER font ",11"
x(i) = F[i] / B[i]
y(i) = F[i] / K[i] * 1e-9
set arrow 1 from x(13), y(13) to x(14), y(14) front filled size screen 0.012, 20 lw 2 lc rgb INK
set label 62 "all ten, fused to seven" at x(13) * 1.05, y(13) * 0.77 left front textcolor rgb INK font ",11"
roof(x, w, s) = (s * x < w ? s * x : w)
product(i) = PRODUCT[i] == 1
plot roof(x, top, slope(1)) with lines lw 3 lc rgb FLOOR, \
  roof(x, top, slope(2)) with lines lw 1.5 dt 2 lc rgb FLOOR, \
  for [i=1:3] (here(i) ? roof(x, height(i), slope(1)) : NaN) with lines lw 1 lc rgb FLOOR, \
  base."kernel.csv" using ($0 < 10 && product(int($0) + 1) ? $2 / $3 : NaN):($2 / $1 * 1e-9) \
    with points pt 7 ps 1.2 lc rgb PATH, \
  base."kernel.csv" using ($0 < 10 && !product(int($0) + 1) ? $2 / $3 : NaN):($2 / $1 * 1e-9) \
    with points pt 7 ps 1.2 lc rgb OTHER, \
  base."product.csv" using ($0 < 8 ? large : NaN):($2 / $1 * 1e-9) with points pt 7 ps 1.2 lc rgb DATA

# ---- Microseconds: the step in its parts, its kernels without a graph, and two slower ways.
unset label
unset arrow
unset logscale
unset xlabel
set lmargin at screen 0.675; set rmargin at screen 0.99
set xrange [0.4:5.6]
set yrange [0:(S[6] > S[7] ? S[6] : S[7]) * 1.05]
set xtics ("a\nstep" 1, "seven\nkernels" 2, "ten\nkernels" 3, "10\nnodes" 4, "no free\nlists" 5) \
  scale 0 font ",10"
set ytics autofreq
set label 1 "microseconds" at screen 0.645, 0.95 left
bar(i) = i - 0.44
array EDGE[5] = [0, S[1], S[2], S[3], S[4]]
array PART[4] = ["draw", "loss", "gradients", "Adam"]
array FILL[4] = [NOISE, PATH, DATA, OTHER]
do for [i=1:4] {
  set object i rect from bar(1), EDGE[i] to bar(1) + 0.88, EDGE[i + 1] fs solid 0.55 noborder fc rgb FILL[i]
  if (EDGE[i + 1] - EDGE[i] > S[6] / 30) {
    set label 10 + i PART[i] at 1, (EDGE[i] + EDGE[i + 1]) / 2 center front font ",8"
  }
}
seven = S[1] + K[14] * 1e6
ten = S[1] + K[13] * 1e6
set object 5 rect from bar(2), S[1] to bar(2) + 0.88, seven fs solid 0.55 noborder fc rgb PATH
set object 6 rect from bar(3), S[1] to bar(3) + 0.88, seven fs solid 0.55 noborder fc rgb PATH
set object 7 rect from bar(3), seven to bar(3) + 0.88, ten fs solid 0.55 noborder fc rgb OTHER
set label 15 "fused" at 2, (S[1] + seven) / 2 center front font ",9"
set label 16 "more\npasses" at 3, (seven + ten) / 2 center front font ",9"
set object 8 rect from bar(4), 0 to bar(4) + 0.88, S[6] fs solid 0.55 noborder fc rgb FAINT
set object 9 rect from bar(5), 0 to bar(5) + 0.88, S[7] fs solid 0.55 noborder fc rgb FAINT
plot NaN
unset multiplot
