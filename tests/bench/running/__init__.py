"""How benches are run and told. No benchmark itself: `bin/bench` runs the modules beside this folder."""
