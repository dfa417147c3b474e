// The program under test does nothing but end itself by a signal.

process.kill(process.pid, process.argv[2]);
