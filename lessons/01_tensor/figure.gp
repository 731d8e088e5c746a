# One broadcast product: a column times a row is the multiplication table.
load style
set terminal @PNG
set output out."/".name.".png"
unset border
unset tics
unset colorbox
set margins 0, 0, 0, 0
set size ratio -1
set xrange [-2.2:15.8]                      # 18 by 12 cells of 50 pixels
set yrange [10.35:-1.65]
set palette defined (0 "#f3f6f9", 0.4 "#bccee0", 1 "#6f97be")
set cbrange [1:81]
HALF = 0.46                                 # of a cell
I = 7; J = 8                                # the cell that is explained
hot(left, top) = left == I && top == J

# The ways from the two factors to their product, seen in the gaps between the cells.
set arrow from 0.4, I to J, I nohead lw 5 lc rgb DATA back
set arrow from J, 0.4 to J, I nohead lw 5 lc rgb OTHER back

set label "column (9, 1)" at -0.95, 5 rotate by 90 center textcolor rgb DATA
set label "row (9,)" at 5, -0.85 center textcolor rgb OTHER
set label "column * row" at 10.1, 1.2 textcolor rgb INK
set label "(9, 1) * (9,) = (9, 9)" at 10.1, 1.8 textcolor rgb INK
set label "the column is read again,\ncolumn by column" at 10.1, 3.4 textcolor rgb DATA
set label "the row is read again,\nrow by row" at 10.1, 5.2 textcolor rgb OTHER
set label "7 × 8 = 56" at 10.1, I textcolor rgb INK
set label "18 factors,\n81 products" at 10.1, 8.7 textcolor rgb INK

table = out."/tensor.csv"
left_of(x) = x - HALF
right_of(x) = x + HALF
plot table using 2:1:(left_of($2)):(right_of($2)):(left_of($1)):(right_of($1)):3 \
       with boxxyerror fillcolor palette fillstyle solid noborder, \
     table using (hot($1, $2) ? $2 : NaN):1:(left_of($2)):(right_of($2)):(left_of($1)):(right_of($1)) \
       with boxxyerror lc rgb INK lw 2.5 fillstyle empty, \
     table using ($2 == 1 ? 0 : NaN):1:(left_of(0)):(right_of(0)):(left_of($1)):(right_of($1)) \
       with boxxyerror lc rgb DATA fillstyle solid noborder, \
     table using ($1 == 1 ? $2 : NaN):(0):(left_of($2)):(right_of($2)):(left_of(0)):(right_of(0)) \
       with boxxyerror lc rgb OTHER fillstyle solid noborder, \
     table using 2:1:(sprintf("%g", $3)) with labels textcolor rgb INK, \
     table using ($2 == 1 ? 0 : NaN):1:(sprintf("%g", $1)) with labels textcolor rgb "#ffffff", \
     table using ($1 == 1 ? $2 : NaN):(0):(sprintf("%g", $2)) with labels textcolor rgb "#ffffff"
