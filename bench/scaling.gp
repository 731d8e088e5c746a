# Time per point, and per point and step: where a curve is flat, cost is linear. Run from the root,
# after build/bench/scaling:
#
#     gnuplot bench/scaling.gp

load "lessons/lab/style.gp"
if (!exists("out")) out = "out"
file(name) = out."/scaling_".name.".csv"

# The L2 cache, and what one point takes there: its row of the hidden layer, in float.
stats file("machine") using 1 nooutput name "L2"
stats file("machine") using 2 nooutput name "HIDDEN"
stats file("machine") using 3 nooutput name "CHUNK"
row = 4 * HIDDEN_min
chunk = sprintf("chunks of %d", CHUNK_min)

set terminal pngcairo noenhanced font "DejaVu Sans,12" size 1320,460 background "#ffffff"
set output "bench/scaling.png"
set multiplot layout 1,3 margins 0.055,0.99,0.14,0.88 spacing 0.065
set logscale x
set format x "%.0s%c"
set grid ytics lt 1 dt 1 lc rgb FAINT lw 1
set yrange [0:*]
BAND = "#bb4a78a8"
BAND2 = "#bbc8553d"

# A line where `rows` rows of the hidden layer for each point fill the cache.
mark(rows) = L2_min == 0 ? "" : \
  sprintf("set arrow 9 from first %f, graph 0 to first %f, graph 0.94 nohead lc rgb FLOOR dt 3; \
           set label 9 'L2 is full' at first %f, graph 0.97 center textcolor rgb FLOOR", \
          L2_min / (rows * row), L2_min / (rows * row), L2_min / (rows * row))

set title "A training step: ns per point"
set xlabel "batch"
set xrange [12:90000]
set xtics (16, 128, "1k" 1024, "8k" 8192, "64k" 65536)
eval mark(2.0)  # the layer and its gradient
set label 1 "fixed cost" at first 24, graph 0.62 left textcolor rgb PATH
plot file("training") using 1:4:5 with filledcurves fc rgb BAND, \
     "" using 1:3 with linespoints lt 1

set title "50 Euler steps: ns per point and step"
set xlabel "samples"
set xrange [8:130000]
set xtics (10, 100, "1k" 1000, "10k" 10000, "100k" 100000)
unset arrow; unset label
eval mark(1.0)
stats file("whole") using ($1 == 1e4 ? $3 : NaN) nooutput name "WHOLE"
stats file("chunks") using 3 nooutput name "CHUNKS"
set label 3 "all at once" at first 1e5, first 0.5 * (WHOLE_max + CHUNKS_min) right textcolor rgb DATA
set label 4 chunk at first 1e5, first CHUNKS_min offset 0,-1.3 right textcolor rgb PATH
plot file("whole") using 1:4:5 with filledcurves fc rgb BAND2, \
     "" using 1:3 with linespoints lt 2, \
     file("chunks") using 1:4:5 with filledcurves fc rgb BAND, \
     "" using 1:3 with linespoints lt 1

set title sprintf("%d samples: ns per point and step", CHUNK_min)
set xlabel "steps"
set xrange [0.8:1300]
set xtics (1, 10, 100, 1000)
unset arrow; unset label
stats file("euler") using 3 nooutput name "EULER"
stats file("rk4") using 3 nooutput name "RK4"
set label 1 "RK4, four evaluations a step" at first 1000, first RK4_max offset 0,1 right textcolor rgb OTHER
set label 2 "Euler, one" at first 1000, first EULER_max offset 0,1 right textcolor rgb PATH
set yrange [0:1.2 * RK4_max]
plot file("rk4") using 1:3 with linespoints lt 3, \
     file("euler") using 1:3 with linespoints lt 1
unset multiplot
