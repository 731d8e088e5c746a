# The network becomes a sine: straight pieces between kinks, which bend more and more.
load style
fit   = out."/mlp_fit.csv"                # k, step, loss, x, fit: the corners of the curve
CURVE = "#f0d0c8"                         # DATA, thinned with white
stats fit using 1:4 name "S" nooutput     # k in S_max_x, x in S_max_y
last = int(S_max_x)
array STEP[last + 5]                      # of k = -4, -3, ...; up to -1 it is step 0
array LOSS[last + 5]
stats fit using (STEP[int($1) + 5] = $2, LOSS[int($1) + 5] = $3, 0) nooutput
spaced(n) = n < 1000 ? sprintf("%d", n) : sprintf("%d %03d", n / 1000, n % 1000)

unset border
unset tics
set xrange [-1.05 * S_max_y:1.05 * S_max_y]
set yrange [-1.5:1.5]

# The curve at pause k, behind it the sine.
panel = "sample [s=-S_max_y:S_max_y] '+' using (s):(sin(2*pi + 2*pi * s / S_max_y))". \
  "  with lines lw WIDE lc rgb CURVE,". \
  "fit using ($1 == k ? $4 : NaN):5 with linespoints lw 2 pt 7 ps DOT lc rgb PATH"
name_it = "set label 1 'step '.spaced(int(STEP[k + 5])) at graph 0.97, 0.93 right textcolor rgb INK;". \
  "set label 2 sprintf('loss %.4f', LOSS[k + 5]) at graph 0.97, 0.85 right textcolor rgb PATH"

set terminal @PNG
set output out."/".name.".png"
WIDE = 8; DOT = 0.55
set multiplot layout 2,2 margins 0.01,0.99,0.01,0.99 spacing 0.02,0.03
do for [k in "-1 16 24 ".last] {
  k = int(k) < last ? int(k) : last
  @name_it
  plot @panel
}
unset multiplot

set terminal @GIF delay 14
set output out."/".name.".gif"
set margins 1, 1, 1, 1
WIDE = 10; DOT = 0.7
set label 3 "y = sin x" at graph 0.03, 0.93 left textcolor rgb DATA
do for [frame=-5:last+10] {
  k = frame < -1 ? -1 : frame > last ? last : frame
  @name_it
  plot @panel
}
