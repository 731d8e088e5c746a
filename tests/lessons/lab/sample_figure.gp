# Noise flows onto y = sin x: the sample that figure_test draws. Reads flow.csv: k,t,x,y, one row
# for each particle k at each time t, ordered by particle; 21 times each.
load style

points = out."/flow.csv"
set xrange [-4.5:14]
set yrange [-3:3]
set xtics ("−π" -pi, "0" 0, "π" pi, "2π" 2*pi, "3π" 3*pi, "4π" 4*pi)
set ytics -2, 1, 2
set xlabel "x"
set ylabel "y" rotate by 0

set terminal @PNG
set output out."/".name.".png"
set label 1 "noise, t = 0" at -4.2,-2.6 textcolor rgb NOISE
set label 2 "samples, t = 1" at 7.2,1.55 textcolor rgb DATA
plot for [k=0:59] points using ($1 == k ? $3 : NaN):4 with lines lc rgb "#b04a78a8" lw 1, \
     points using ($2 == 0 ? $3 : NaN):4 with points pt 7 ps 0.55 lc rgb NOISE, \
     points using ($2 == 1 ? $3 : NaN):4 with points pt 7 ps 0.55 lc rgb DATA, \
     [0:4*pi] sin(x) with lines lc rgb INK lw 0.8 dt 3

set terminal @GIF
set output out."/".name.".gif"
unset label
do for [frame=0:20] {
  set label 1 sprintf("t = %.2f", frame / 20.0) at 10.5,2.5 textcolor rgb INK
  plot sample [0:4*pi] sin(x) with lines lc rgb FAINT lw 2, \
       points every 21::frame using 3:4 with points pt 7 ps 0.7 lc rgb (frame == 20 ? DATA : PATH)
}
unset output
