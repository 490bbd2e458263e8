# The script behind the test ci/installed-package; install.cmake gives it BUILD, EXAMPLES and the toolchain.
set(here ${BUILD}/installed-package)
file(REMOVE_RECURSE ${here})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "exit code ${code} of ${command}\n${output}")
  endif()
endfunction()

# Runs an example: exit code 0, and what it prints is expected_output.txt beside its source, line by line.
function(check_example directory name)
  set(printed ${here}/${name}.txt)
  set(expected ${EXAMPLES}/${directory}/expected_output.txt)
  execute_process(COMMAND ${here}/build/${name} RESULT_VARIABLE code OUTPUT_FILE ${printed})
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${printed} ${expected} RESULT_VARIABLE differs)
  if(NOT code EQUAL 0 OR NOT differs EQUAL 0)
    file(READ ${printed} output)
    message("${output}")
    message(SEND_ERROR "${directory}/${name}: exit code ${code}; compare ${printed} with ${expected}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${here}/prefix)
run(${CMAKE_COMMAND} -S ${EXAMPLES} -B ${here}/build -G ${GENERATOR} -D CMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}
    -D CMAKE_PREFIX_PATH=${here}/prefix -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_BUILD_TYPE=${BUILD_TYPE} -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${here}/build)
check_example(spec lock_service)
check_example(process durable_register)
