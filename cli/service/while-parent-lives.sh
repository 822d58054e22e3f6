#!/bin/sh
# Runs a program that ends with the process at the other end of this script's standard input, even when that one is
# killed with -9: end of input kills the program, a line of input asks it to finish (SIGTERM).
exec 4<&0
"$@" 4<&- </dev/null &
program=$!
{
  if read -r _ <&4; then
    kill -TERM $program
    read -r _ <&4
  fi
  kill -KILL $program
} 2>/dev/null 3>&- &
watch=$!
exec 4<&-
wait $program
status=$?
kill $watch 2>/dev/null
exit $status
