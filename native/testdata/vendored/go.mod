module vendored.example

go 1.25.0

replace github.com/winmib/winmib => ../../..
