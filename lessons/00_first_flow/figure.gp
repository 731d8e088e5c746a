# Noise flows onto the curve: all the points, and the ways that some of them took.
load style
table  = out."/".name.".csv"   # frame, x, y: 2000 points in each of the frames 0 to 50
points = 2000
last   = 50

# All positions in memory: point i (from 0) of frame k is entry k * points + i + 1.
array X[(last + 1) * points]
array Y[(last + 1) * points]
stats table using (X[$0 + 1] = $2, Y[$0 + 1] = $3, 0) nooutput
x(k, i) = X[k * points + i + 1]
y(k, i) = Y[k * points + i + 1]

# The colour of the points turns from that of noise to that of data.
blend(t) = (int(0x9a + t * (0xc8 - 0x9a)) << 16) + (int(0xa7 + t * (0x55 - 0xa7)) << 8) \
         + int(0xb4 + t * (0x3d - 0xb4))
WAY   = "#b3cae1"              # PATH, thinned with white
CURVE = "#f0d0c8"              # DATA, thinned with white
trails = 48                    # points 37, 74, 111, ... leave a trail

# State k: the curve, the trails so far, all points.
upto(s) = s < k ? int(s) : k
state = "sample [s=0:4*pi] '+' using (s):(sin(s)) with lines lw 4 lc rgb CURVE,". \
  "for [j=1:trails] [s=0:k+1:1] '+' using (x(upto(s), 37*j)):(y(upto(s), 37*j))". \
  "  with lines lw 0.8 lc rgb WAY,". \
  "[s=0:points-1:1] '+' using (x(k, int(s))):(y(k, int(s)))". \
  "  with points pt 7 ps SIZE lc rgb blend(k / 50.0)"

unset border
unset tics
set xrange [-4:15.2]
set yrange [-3.4:3.4]

# Four moments.
set terminal @PNG
set output out."/".name.".png"
SIZE = 0.26
set multiplot layout 2,2 margins 0.02,0.98,0.02,0.98 spacing 0.03,0.03
do for [k in "0 17 33 50"] {
  k = int(k)
  set label 1 sprintf("t = %.2f", k / 50.0) at graph 0.60, 0.90 right textcolor rgb INK
  set label 2 (k == 0 ? "noise" : k == last ? "samples" : "on the way") \
    at graph 0.63, 0.90 left textcolor rgb blend(k / 50.0)
  set label 3 (k == 0 ? "y = sin x" : "") at 8.2, 1.5 center textcolor rgb DATA
  plot @state
}
unset multiplot

# The whole way, the first frame held a moment and the last one longer. Below it the time, in all
# the colours to come: the gif terminal knows only those that its first frame shows.
set terminal @GIF delay 7
set output out."/".name.".gif"
SIZE = 0.2
set margins 1, 1, 1, 1
at(t) = 0.42 + 0.45 * t
do for [i=0:last] {
  set object i + 1 rectangle from graph at(i / 51.0), 0.045 to graph at((i + 1.2) / 51.0), 0.055 \
    fillcolor rgb blend(i / 50.0) fillstyle solid noborder
}
set label 1 "noise" at graph at(-0.03), 0.05 right textcolor rgb NOISE
set label 2 "data" at graph at(1.03), 0.05 left textcolor rgb DATA
do for [f=-2:last+9] {
  k = f < 0 ? 0 : f > last ? last : f
  set label 3 sprintf("t = %.2f", k / 50.0) at graph at(k / 50.0), 0.1 center textcolor rgb INK
  set label 4 "" at graph at(k / 50.0), 0.05 point pt 7 ps 1 lc rgb INK
  plot @state
}
