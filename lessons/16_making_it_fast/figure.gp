# Left: the roofline of the step, and of a large product. Right: where a step's time goes.
load style
array P[9]        # seconds: entry, transposed, 16 chains, row, tile, three widths, 2 threads
array S[6]        # draw, and the loss, and the gradients, and Adam, in 10 nodes, no free lists
array K[16]       # ten kernels, three widths, two copies, an empty loop
array F[16]
array B[16]
base = out."/".name."_"
stats base."product.csv" using (P[$0 + 1] = $1, flop = $2, 0) nooutput
stats base."step.csv" using (S[$0 + 1] = $1 * 1e6, 0) nooutput
stats base."kernel.csv" using (K[$0 + 1] = $1, F[$0 + 1] = $2, B[$0 + 1] = $3, 0) nooutput

set terminal @PNG
set output out."/".name.".png"
set multiplot

# ---- The roofline.
array WIDTH[3] = ["baseline", "avx2", "avx512"]
height(i) = F[10 + i] / K[10 + i] * 1e-9            # GFLOP/s
slope(i) = B[13 + i] / K[13 + i] * 1e-9             # GB/s
top = height(1)
do for [i=2:3] { if (height(i) > top) { top = height(i) } }
here(i) = height(i) > 0                             # not NaN
set lmargin at screen 0.08; set rmargin at screen 0.64
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
set label 11 sprintf("51 KB, %.0f GB/s", slope(2)) at 0.26, slope(2) * 0.26 * 0.62 \
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
set label 30 sprintf("%.0f x %.0f x %.0f", size, size, size) at large, 1.25 center textcolor rgb DATA font ",11"
array SHORT[10] = ["h", "", "y", "", "", "dW2", "dh", "", "", "dW1"]
array SIDE[10] = [1.15, 1, 1.15, 1, 1, 0.87, 1.15, 1, 1, 1.15]
do for [i=1:10] {
  if (SHORT[i] ne "") {
    if (SIDE[i] > 1) {
      set label 40 + i SHORT[i] at F[i] / B[i] * SIDE[i], F[i] / K[i] * 1e-9 left textcolor rgb PATH font ",11"
    } else {
      set label 40 + i SHORT[i] at F[i] / B[i] * SIDE[i], F[i] / K[i] * 1e-9 right textcolor rgb PATH font ",11"
    }
  }
}
set label 60 "the step:\nits products" at 1.9, 46 left textcolor rgb PATH font ",11"
set label 61 "its passes over memory" at 0.29, 6 left textcolor rgb OTHER font ",11"
roof(x, w, s) = (s * x < w ? s * x : w)
product(i) = SHORT[i] ne ""
plot roof(x, top, slope(1)) with lines lw 3 lc rgb FLOOR, \
  roof(x, top, slope(2)) with lines lw 1.5 dt 2 lc rgb FLOOR, \
  for [i=1:3] (here(i) ? roof(x, height(i), slope(1)) : NaN) with lines lw 1 lc rgb FLOOR, \
  base."kernel.csv" using ($0 < 10 && product(int($0) + 1) ? $2 / $3 : NaN):($2 / $1 * 1e-9) \
    with points pt 7 ps 1.2 lc rgb PATH, \
  base."kernel.csv" using ($0 < 10 && !product(int($0) + 1) ? $2 / $3 : NaN):($2 / $1 * 1e-9) \
    with points pt 7 ps 1.2 lc rgb OTHER, \
  base."product.csv" using ($0 < 8 ? large : NaN):($2 / $1 * 1e-9) with points pt 7 ps 1.2 lc rgb DATA

# ---- Microseconds: the step in its parts, its kernels by themselves, and two slower ways.
unset label
unset logscale
unset xlabel
set lmargin at screen 0.70; set rmargin at screen 0.985
products = 0
passes = 0
do for [i=1:10] {
  if (product(i)) { products = products + K[i] * 1e6 } else { passes = passes + K[i] * 1e6 }
}
set xrange [0.4:4.6]
set yrange [0:(S[5] > S[6] ? S[5] : S[6]) * 1.05]
set xtics ("a step" 1, "its\nkernels" 2, "10\nnodes" 3, "no free\nlists" 4) scale 0 font ",11"
set ytics autofreq
set label 1 "microseconds" at screen 0.66, 0.95 left
array EDGE[5] = [0, S[1], S[2], S[3], S[4]]
array PART[4] = ["draw", "loss", "gradients", "Adam"]
array FILL[4] = [NOISE, PATH, DATA, OTHER]
do for [i=1:4] {
  set object i rect from 0.56, EDGE[i] to 1.44, EDGE[i + 1] fs solid 0.55 noborder fc rgb FILL[i]
  if (EDGE[i + 1] - EDGE[i] > S[5] / 30) {
    set label 10 + i PART[i] at 1, (EDGE[i] + EDGE[i + 1]) / 2 center front font ",9"
  }
}
both = S[1] + products
set object 5 rect from 1.56, S[1] to 2.44, both fs solid 0.55 noborder fc rgb PATH
set object 6 rect from 1.56, both to 2.44, both + passes fs solid 0.55 noborder fc rgb OTHER
set label 15 "products" at 2, (S[1] + both) / 2 center front font ",9"
set label 16 "passes" at 2, both + passes / 2 center front font ",9"
set object 7 rect from 2.56, 0 to 3.44, S[5] fs solid 0.55 noborder fc rgb FAINT
set object 8 rect from 3.56, 0 to 4.44, S[6] fs solid 0.55 noborder fc rgb FAINT
plot NaN
unset multiplot
