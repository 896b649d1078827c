#!/usr/bin/env node
// Apart from the build, so that npm finds it to link in a fresh clone.
import "../dist/main.js";
