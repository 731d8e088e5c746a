# The map of the course: each lesson's own figure, in order, with what is new in it. From the root:
#
#     gnuplot -e "lessons='lessons'" lessons/map.gp
load lessons."/lab/style.gp"

# Folder, room and what is new, one lesson a line; the order is that of lessons/CMakeLists.txt.
$MAP << EOD
00_first_flow,preview,all of it in 25 lines
01_tensor,autograd,shape and broadcasting
02_chain_rule,autograd,the graph walked backwards
03_backward,autograd,adjoints
04_gradcheck,autograd,finite differences
05_linear,nn,weights and their start
06_mlp,nn,the training loop
07_adam,nn,moments
08_path,flow,a line and its velocity
09_average_velocity,flow,the mean field and the floor
10_vector_field,flow,the whole training
11_euler,flow,from field to samples
12_rk4,flow,order of a solver
13_conditional,flow,samples on demand
14_ddpm,diffusion,adding and removing noise
15_flow_vs_diffusion,diffusion,the same line in other variables
EOD
# The five rooms as their lines name them, what the heading calls them, and their colours.
rooms = "preview autograd nn flow diffusion"
array HEADING[5] = ["a preview", "autograd: gradients", "nn: learning", "flow: noise to data", \
                    "diffusion: another way"]
array COLOUR[5] = [INK, PATH, OTHER, DATA, FLOOR]
room_of(name) = sum [i=1:5] (word(rooms, i) eq name ? i : 0)

W = 1920; H = 1660
set terminal pngcairo noenhanced font 'DejaVu Sans,14' size W,H background '#ffffff'
set output lessons."/map.png"
set datafile nocolumnheaders
set multiplot
unset border
unset tics
set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0
set xrange [-0.5:899.5]
set yrange [-0.5:599.5]

do for [room=1:5] {
  set label room HEADING[room] at screen (20.0 + 380*(room - 1))/W, 1 - 30.0/H \
    font ",19" textcolor rgb COLOUR[room]
}
# A figure of 900 x 600 at half its size: each dot the mean of four.
do for [i=0:15] {
  column = i % 4
  row = i / 4
  line = $MAP[i + 1]
  folder = line[:strstrt(line, ",") - 1]
  rest = line[strstrt(line, ",") + 1:]
  colour = COLOUR[room_of(rest[:strstrt(rest, ",") - 1])]
  left = 20.0 + 477*column
  top = 70.0 + 400*row
  set size 450.0/W, 300.0/H
  set origin left/W, 1 - (top + 380)/H
  set label 10 folder[1:2]."  ".folder[4:] at screen left/W, 1 - (top + 34)/H \
    font ",22" textcolor rgb colour
  set label 11 rest[strstrt(rest, ",") + 1:] at screen left/W, 1 - (top + 62)/H \
    font ",15" textcolor rgb INK
  set arrow 1 from screen left/W, 1 - (top + 8)/H to screen (left + 450)/W, 1 - (top + 8)/H \
    nohead lw 4 lc rgb colour
  figure = lessons."/".folder."/figure.png"
  plot figure binary filetype=png every 2:2:0:0 using 1:2:3:(255) with rgbalpha, \
       figure binary filetype=png every 2:2:1:0 using 1:2:3:(128) with rgbalpha, \
       figure binary filetype=png every 2:2:0:1 using 1:2:3:(85) with rgbalpha, \
       figure binary filetype=png every 2:2:1:1 using 1:2:3:(64) with rgbalpha
  do for [room=1:5] { unset label room }  # drawn once, with the first figure
}
unset multiplot
