# Runs the Google Benchmark programs, quietly, and then compare.
#
#     cmake -D folder=build/bench -D programs=nodes,sampling -D out=out -P bench/run.cmake

# OpenBLAS reads these when it is loaded. It must choose its kernels by itself.
unset(ENV{OPENBLAS_CORETYPE})
unset(ENV{OPENBLAS_L2_SIZE})

file(MAKE_DIRECTORY ${out}/bench)
string(REPLACE "," ";" programs "${programs}")
foreach(program IN LISTS programs)
  message(STATUS "${program}")
  execute_process(
    COMMAND ${folder}/${program} --benchmark_min_time=0.02
            --benchmark_out=${out}/bench/${program}.json --benchmark_out_format=json
    OUTPUT_QUIET ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
message(STATUS "compare")
execute_process(COMMAND ${folder}/compare --out ${out}/bench.md COMMAND_ERROR_IS_FATAL ANY)
