module vendored.example

go 1.26

replace github.com/winmib/winmib => ../../..
