// Models: which version of each is in service, forward, back and out of it, and deleted.

import { confirmed } from "./confirm.js";
import { find, make, say, save, show } from "./dom.js";
import { sentence } from "./words.js";

/** The models, by name. */
export class Models {
  constructor(api, tell) {
    Object.assign(this, { api, tell, models: [], shown: "", opened: null });
    find("#filter").addEventListener("input", () => this.render());
    find("#trained-only").addEventListener("change", () => this.render());
    find("#withdraw").addEventListener("click", () => this.withdraw());
    find("#delete-model").addEventListener("click", () => this.deleteModel());
  }

  async load() {
    const { models, not_in_service: kept, withdrawn } = await this.api.models();
    const others = (found, state) => Object.entries(found).map(([name, versions]) => ({ name, version: null, versions, state }));
    this.models = [...models, ...others(kept, "none"), ...others(withdrawn, "taken out")];
    this.models.sort((one, other) => one.name.localeCompare(other.name));
    this.render();
  }

  render() {
    const [wanted, isTrained] = [find("#filter").value.trim().toLowerCase(), find("#trained-only").checked];
    const fits = ({ name, version, versions }) =>
      name.toLowerCase().includes(wanted) && (!isTrained || version === null || versions.some((one) => one > 0));
    const found = this.models.filter(fits);
    const now = JSON.stringify(found);
    if (now === this.shown) return;
    this.shown = now;
    const focused = document.activeElement?.dataset?.key;
    find("#models").replaceChildren(...found.map((model) => this.row(model)));
    find("#no-models").hidden = found.length > 0;
    if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  row({ name, version, versions, names, nats_per_letter: nats, state, default: isDefault }) {
    return make("tr", {},
      make("th", { scope: "row" }, name, isDefault ? " (default)" : ""),
      make("td", {}, version === null ? state : `version ${version}`),
      make("td", {}, versions.join(", ")),
      make("td", {}, names?.toLocaleString("en") ?? ""),
      make("td", {}, nats?.toFixed(3) ?? ""),
      make("td", { class: "tools" }, make("button", { type: "button", "data-key": `model-${name}`, "aria-label": `Versions of ${name}`, onclick: () => this.open(name) }, "Versions")));
  }

  /** Show the versions of a model, and what was in service when. */
  async open(name) {
    this.opened = this.models.find((one) => one.name === name);
    find("#model-title").textContent = name;
    show(find("#model .problem"), null);
    const history = await this.historyOf(this.opened);
    this.showVersions();
    find("#model-history").replaceChildren(...history.map(({ version, at, cause }) =>
      make("li", {}, `${new Date(at).toLocaleString()}: ${version === null ? "taken out of service" : `version ${version}`}, by ${cause}`)));
    find("#model-history-title").hidden = !history.length;
    find("#withdraw").hidden = this.opened.version === null || this.opened.default;
    find("#delete-model").hidden = !this.opened.versions.some((one) => one > 0);
    if (!find("#model").open) find("#model").showModal();
  }

  async historyOf({ name, version, versions }) {
    try {
      return (await this.api.model(version === null ? `${name}@${versions.at(-1)}` : name)).history;
    } catch (error) {
      show(find("#model .problem"), sentence(error));
      return [];
    }
  }

  showVersions() {
    const { name, version: champion, versions } = this.opened;
    const rows = [...versions].reverse().map((version) => {
      const isServed = version === champion;
      const actions = isServed ? [] : [make("button", { type: "button", onclick: () => this.promote(version) }, "Put into service")];
      actions.push(make("button", { type: "button", "aria-label": `Download version ${version}`, onclick: () => this.download(version) }, "Download"));
      if (!isServed && version > 0) actions.push(make("button", { type: "button", class: "danger", "aria-label": `Delete version ${version}`, onclick: () => this.deleteVersion(version) }, "Delete"));
      return make("tr", {}, make("th", { scope: "row" }, `Version ${version}`), make("td", {}, isServed ? "in service" : ""), make("td", { class: "tools" }, ...actions));
    });
    find("#model-versions").replaceChildren(make("table", { "aria-label": `Versions of ${name}` }, make("tbody", {}, ...rows)));
  }

  /** Change something of the opened model, and show how it is then. */
  async change(work, said) {
    const { name } = this.opened;
    try {
      await work(name);
      say(said);
      await this.load();
      document.dispatchEvent(new Event("changed"));
      if (this.models.some((one) => one.name === name)) await this.open(name);
      else find("#model").close();
    } catch (error) {
      show(find("#model .problem"), sentence(error));
    }
  }

  promote(version) {
    const put = (name) => this.api.request(`/models/${encodeURIComponent(name)}/alias/champion`, { method: "PUT", body: { version } });
    return this.change(put, `Version ${version} is in service.`);
  }

  async withdraw() {
    const { name } = this.opened;
    if (!(await confirmed(`Take ${name} out of service?`, "Nobody can draw from it until you put a version back. Nothing is lost.", "Take it out"))) return;
    await this.change(() => this.api.request(`/models/${encodeURIComponent(name)}/alias/champion`, { method: "DELETE" }), `${name} is out of service.`);
  }

  async deleteVersion(version) {
    const { name } = this.opened;
    if (!(await confirmed(`Delete version ${version} of ${name}?`, "It can't be brought back.", "Delete it"))) return;
    await this.change(() => this.api.request(`/models/${encodeURIComponent(name)}/versions/${version}`, { method: "DELETE" }), `Version ${version} is deleted.`);
  }

  async deleteModel() {
    const { name } = this.opened;
    if (!(await confirmed(`Delete ${name}?`, "All its trained versions are deleted for good; one that came with the software serves again.", "Delete it"))) return;
    await this.change(() => this.api.request(`/models/${encodeURIComponent(name)}`, { method: "DELETE" }), `${name} is deleted.`);
  }

  async download(version) {
    const { name } = this.opened;
    try {
      const answer = await this.api.request(`/models/${encodeURIComponent(name)}/versions/${version}/weights`);
      save(await answer.blob(), `${name}-${version}.npz`, "application/octet-stream");
    } catch (error) {
      show(find("#model .problem"), sentence(error));
    }
  }
}
