// The page that shows how the network makes names: it reads one letter by letter, and it learns.

import { Reading } from "./reading.js";
import { Learning } from "./learning.js";
import { find } from "./dom.js";

new Reading(find("#reading"));
new Learning(find("#learning"));
