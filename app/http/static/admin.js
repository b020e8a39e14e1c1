// The operators' page: opened with the admin's token, which this tab alone remembers.

import { Namewright } from "./api.js";
import { showHealth } from "./admin-health.js";
import { Jobs } from "./admin-jobs.js";
import { Models } from "./admin-models.js";
import { find, findAll, show } from "./dom.js";
import { TOKEN } from "./token.js";
import { sentence } from "./words.js";

const LOOK_SECONDS = 3;

const api = new Namewright(".");
const jobs = new Jobs(api, tell);
const models = new Models(api, tell);
let looking = null;

/** Show what was refused, or nothing. */
function tell(error) {
  show(find("#problem"), error ? sentence(error) : null);
  if (error?.status === 401) close();
}

async function open(token) {
  api.token = token;
  try {
    await api.json("/train?limit=1"); // which only the admin may
  } catch (error) {
    tell(error);
    return;
  }
  sessionStorage.setItem(TOKEN, token);
  show(find("#problem"), null);
  find("#token-form").hidden = true;
  find("#opened").hidden = false;
  await look();
  looking ??= setInterval(() => { if (!document.hidden) look(); }, LOOK_SECONDS * 1000);
}

/** Look at everything again. */
async function look() {
  try {
    await Promise.all([showHealth(api), jobs.load(), models.load()]);
  } catch (error) {
    tell(error);
  }
}

function close() {
  clearInterval(looking);
  looking = api.token = null;
  sessionStorage.removeItem(TOKEN);
  find("#opened").hidden = true;
  find("#token-form").hidden = false;
  find("#token").value = "";
  find("#token").focus();
}

find("#token-form").addEventListener("submit", (event) => { event.preventDefault(); open(find("#token").value.trim()); });
find("#token-form button").disabled = false; // until now, the page would have been loaded again
find("#close").addEventListener("click", close);
for (const button of findAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
document.addEventListener("changed", look);
if (sessionStorage.getItem(TOKEN)) open(sessionStorage.getItem(TOKEN));
