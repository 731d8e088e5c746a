# Left: the loss stops at its floor. Right: the field that was learned, and what it must lead to.
load style
losses = out."/vector_field_loss.csv"     # step, fresh, once, floor
arrows = out."/vector_field_arrows.csv"   # t, x, y, u, v: 275 arrows at each of 51 times
states = out."/vector_field_states.csv"   # frame, x, y: 2000 points in each of 51 frames
grid   = 275
points = 2000
last   = 50
WAY    = "#9db8d3"                        # PATH, thinned with white
CURVE  = "#e8b5a9"                        # DATA, thinned with white

# An arrow is the way gone in 0.08 of the time, so that neighbours do not run into each other.
arrow = "arrows every ::(grid*k)::(grid*k+grid-1) using 2:3:(0.08*$4):(0.08*$5)". \
  " with vectors head size 0.16,20 filled lw 1 lc rgb "

set terminal @PNG
set output out."/".name.".png"
set multiplot
stats losses using 1:4 name "F" nooutput
floor = F_max_y
steps = F_max_x

set lmargin at screen 0.07; set rmargin at screen 0.47
set bmargin at screen 0.12; set tmargin at screen 0.93
set logscale xy
set xrange [1:1.6 * steps]
set yrange [2:30]
set ytics (2, 3, 5, 10, 20)
set xtics font ",11" ("1" 1, "10" 10, "100" 100, "1 000" 1000, "10 000" 10000, "100 000" 100000)
set xlabel "step"
set title "loss"
set label 1 sprintf("floor %.2f", floor) at 1.4, floor * 1.06 left textcolor rgb FLOOR
set label 2 "noise drawn\nevery step" at steps, floor * 1.36 right textcolor rgb PATH
set label 3 "noise drawn once" at 0.1 * steps, 2.25 right textcolor rgb OTHER
plot losses using 1:4 with lines lw 2 lc rgb FLOOR, \
     losses using 1:3 with lines lw 2 lc rgb OTHER, \
     losses using 1:2 with lines lw 2 lc rgb PATH
unset logscale
unset label

set lmargin at screen 0.53; set rmargin at screen 0.99
unset border
unset tics
unset xlabel
set xrange [-4:16.4]
set yrange [-3.2:3.2]
set title "the learned field at t = 0.5"
set label 1 "points on their way" at -3, -2.95 left textcolor rgb NOISE
set label 2 "y = sin x" at 11.6, -2.95 left textcolor rgb DATA
k = 25
plot sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 4 lc rgb CURVE, \
     states every 4::(points*k)::(points*k+points-1) using 2:3 with points pt 7 ps 0.25 lc rgb NOISE, \
     @arrow PATH
unset multiplot
unset label

# Arrows change, points are carried along.
set terminal @GIF delay 8
set output out."/".name.".gif"
set margins 1, 1, 1, 1
unset title
set label 2 "learned velocity" at graph 0.97, 0.95 right textcolor rgb PATH
set label 3 "y = sin x" at 7.9, 1.35 center textcolor rgb DATA
do for [f=-1:last+7] {
  k = f < 0 ? 0 : f > last ? last : f
  set label 1 sprintf("t = %.2f", k / 50.0) at graph 0.03, 0.95 left textcolor rgb INK
  plot sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 4 lc rgb CURVE, \
       @arrow WAY, \
       states every 4::(points*k)::(points*k+points-1) using 2:3 with points pt 7 ps 0.2 lc rgb INK
}
