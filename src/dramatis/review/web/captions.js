// Pictures with their captions. Only the rows that can be seen are in the page; captions come as they change.
const GAP = 10, CELL_W = 190, CELL_H = 268, SPARE_ROWS = 2;

export default {
  template: `
  <div class="wall captions">
    <div class="wall-bar">
      <input ref="search" class="search" type="search" v-model="text" placeholder="Words, +tag, -tag  ( / )"
             aria-label="Search captions" title="Words of the caption or the id; +red hair: has this tag; -smile: lacks it; * for any letters"
             @keydown.esc.stop="leaveSearch" @keydown.enter.stop="leaveSearch">
      <select v-for="f in facets" :key="f.id" class="facet" :class="{on: wanted[f.id]}" :aria-label="f.label"
              :value="wanted[f.id] || ''" @change="choose(f.id, $event)">
        <option value="">{{ f.label }}</option>
        <option v-for="v in f.values" :key="v.value" :value="v.value">{{ v.label }} ({{ v.count }})</option>
      </select>
      <span class="meta found">{{ shown.length }} shown</span>
      <button class="act" :class="{off: !shown.length}" @click="all">Select all<kbd>a</kbd></button>
    </div>
    <div class="wall-scroll" ref="scroll" @scroll.passive="top = $refs.scroll.scrollTop">
      <div v-if="!shown.length" class="empty">No picture is so.</div>
      <div class="wall-space" :style="{height: rows * (CELL_H + GAP) + 'px'}">
        <div v-for="c in visible" :key="c.n" class="card shot" :style="c.style" :data-id="c.id" :data-n="c.n"
             :class="{picked: picked.has(c.n), focus: c.n === focus, human: c.human}" role="button" tabindex="-1"
             @click="clicked(c.n, $event)" @dblclick="viewed = c.n">
          <div class="shot-picture"><img :src="'small/' + generation + '/' + c.n + '.jpg'" draggable="false" decoding="async" alt=""></div>
          <span v-if="picked.has(c.n)" class="tick on">✓</span>
          <div class="shot-caption" :class="{none: c.caption === null}">{{ c.caption === null ? 'The next run writes its caption.' : c.caption }}</div>
          <div class="shot-foot">
            <span class="badge" :class="c.split.replace(' ', '-')">{{ c.stage }} · {{ c.split }}</span>
            <span v-if="c.human" class="settled" title="A person wrote this">✎ human</span>
            <span v-if="c.pending" class="pending" title="Written, not yet applied">●</span>
          </div>
        </div>
      </div>
    </div>
    <div v-if="viewed !== null && about[viewed]" class="look" @click.self="viewed = null">
      <div class="look-box shot-look">
        <div class="look-head">
          <b>{{ about[viewed][0] }}</b><span class="meta">{{ about[viewed][5] }} · {{ about[viewed][4] }}</span>
          <button class="icon" title="Close (Esc)" @click="viewed = null">✕</button>
        </div>
        <img :src="'whole/' + generation + '/' + viewed" alt="picture">
        <div class="shot-said">{{ captionOf(viewed) }}</div>
      </div>
    </div>
  </div>`,
  props: { shown: Array, facets: Array, generation: Number, version: Number },
  emits: ["ask", "picked", "label", "command"],
  data() {
    return { GAP, CELL_H, text: "", wanted: {}, top: 0, height: 600, width: 900, picked: new Set(), focus: null, at: 0,
             anchor: null, viewed: null, tick: 0 };
  },
  created() { // what is fetched is large and is not watched: `tick` says that it is new
    this.about = [];
    this.said = [];
    this.read = this.got = 0;
    this.asked = false; // the pictures are others since somebody looks for others
  },
  computed: {
    columns() {
      return Math.max(1, Math.floor((this.width - GAP) / (CELL_W + GAP)));
    },
    cellWidth() {
      return (this.width - GAP * (this.columns + 1)) / this.columns;
    },
    rows() {
      return Math.ceil(this.shown.length / this.columns);
    },
    visible() {
      if (this.tick < 1) return [];
      const first = Math.max(0, Math.floor(this.top / (CELL_H + GAP)) - SPARE_ROWS);
      const last = Math.ceil((this.top + this.height) / (CELL_H + GAP)) + SPARE_ROWS;
      return this.shown.slice(first * this.columns, last * this.columns).map((n, k) => {
        const at = first * this.columns + k;
        const x = GAP + (at % this.columns) * (this.cellWidth + GAP);
        const y = GAP / 2 + Math.floor(at / this.columns) * (CELL_H + GAP);
        const style = { transform: `translate(${x}px, ${y}px)`, width: this.cellWidth + "px", height: CELL_H + "px" };
        const [id, stage, split] = this.about[n] || ["", "", ""];
        const [caption, human, pending] = this.said[n] || ["", false, false];
        return { n, id, stage, split, caption, human, pending, style };
      });
    },
  },
  watch: {
    shown() {
      const there = new Set(this.shown);
      const kept = [...this.picked].filter((n) => there.has(n));
      if (this.focus !== null && !there.has(this.focus)) { // a change took it away: go on with what took its place
        this.at = Math.min(this.at, this.shown.length - 1);
        this.focus = this.asked ? null : (this.shown[this.at] ?? null);
      } else if (this.focus !== null) this.at = this.shown.indexOf(this.focus);
      this.asked = false;
      this.pick(new Set(kept));
    },
    version() {
      this.pull();
    },
    generation() {
      this.viewed = null;
      this.focus = null;
      this.pick(new Set());
      this.pull();
    },
    text() {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.ask(), 150);
    },
  },
  mounted() {
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.$refs.scroll);
    this.listener = (event) => this.key(event);
    document.addEventListener("keydown", this.listener);
    this.measure();
    this.pull();
  },
  unmounted() {
    this.gone = true;
    this.observer.disconnect();
    document.removeEventListener("keydown", this.listener);
    clearTimeout(this.later);
  },
  methods: {
    measure() {
      const box = this.$refs.scroll;
      if (!box || !box.clientWidth) return;
      this.height = box.clientHeight;
      this.width = box.clientWidth;
      this.top = box.scrollTop;
    },
    async pull() {
      this.again = true;
      if (this.pulling) return;
      this.pulling = true;
      while (this.again) {
        this.again = false;
        try {
          await this.pullOnce(this.generation);
        } catch (fault) { // the line is down: asked again until it is up
          console.error(fault);
          await new Promise((go) => setTimeout(go, 1000));
          this.again = !this.gone;
        }
      }
      this.pulling = false;
    },
    async pullOnce(generation) {
      if (!generation) return;
      const fresh = generation !== this.read;
      const about = fresh ? await fetch(`gallery/${generation}.json`) : null;
      const since = await fetch(`captions-since/${generation}/${fresh ? 0 : this.got}.json`);
      if (!since.ok || (fresh && !about.ok)) return; // read anew meanwhile: the next version asks again
      const { version, rows } = await since.json();
      if (fresh) [this.about, this.said, this.read] = [await about.json(), [], generation];
      for (const [n, ...rest] of rows) this.said[n] = rest;
      this.got = version;
      this.tick += 1;
    },
    captionOf(n) {
      return this.tick && this.said[n] ? this.said[n][0] : "";
    },
    choose(facet, event) {
      this.wanted = { ...this.wanted, [facet]: event.target.value };
      event.target.blur();
      this.$refs.scroll.scrollTop = 0;
      this.ask();
    },
    ask() {
      this.asked = true;
      this.$emit("ask", { text: this.text, wanted: this.wanted });
    },
    leaveSearch() {
      this.$refs.search.blur();
    },
    pick(set) {
      this.picked = set;
      this.$emit("picked", set.size ? [...set] : this.focus !== null ? [this.focus] : []);
    },
    all() {
      this.pick(new Set(this.shown));
    },
    point(n) {
      this.focus = n;
      this.at = this.shown.indexOf(n);
    },
    range(from, to) {
      const [a, b] = [this.shown.indexOf(from), this.shown.indexOf(to)].sort((x, y) => x - y);
      return this.shown.slice(Math.max(a, 0), b + 1);
    },
    clicked(n, event) {
      const set = new Set(this.picked);
      if (event.shiftKey && this.anchor !== null) this.range(this.anchor, n).forEach((each) => set.add(each));
      else {
        set.has(n) ? set.delete(n) : set.add(n);
        this.anchor = n;
      }
      this.point(n);
      if (!set.size) this.focus = null;
      this.pick(set);
    },
    step(by, shift) {
      const before = this.focus;
      this.at = Math.min(Math.max(before === null ? 0 : this.at + by, 0), this.shown.length - 1);
      this.focus = this.shown[this.at] ?? null;
      if (this.focus === null) return;
      const set = new Set(shift ? this.picked : []);
      if (shift) this.range(before ?? this.focus, this.focus).forEach((n) => set.add(n));
      this.anchor = this.focus;
      this.pick(set);
      const box = this.$refs.scroll, y = Math.floor(this.at / this.columns) * (CELL_H + GAP);
      if (y < box.scrollTop) box.scrollTop = y;
      else if (y + CELL_H + GAP > box.scrollTop + this.height) box.scrollTop = y + CELL_H + GAP - this.height;
    },
    key(event) {
      const tag = document.activeElement?.tagName;
      if (tag === "INPUT" || tag === "TEXTAREA" || tag === "SELECT" || document.querySelector(".q-dialog, .preview")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns };
      if (this.viewed !== null && (event.key === "Escape" || event.key === "Enter")) this.viewed = null;
      else if (event.key in steps) {
        this.step(steps[event.key], event.shiftKey);
        if (this.viewed !== null) this.viewed = this.focus;
      } else if (event.key === "/") this.$refs.search.focus();
      else if (/^[1-9]$/.test(event.key)) this.$emit("label", Number(event.key) - 1);
      else if (event.key === "a") this.all();
      else if (event.key === "p" || event.key === "x") this.$emit("command", event.key);
      else if (event.key === " " && this.focus !== null) this.clicked(this.focus, event);
      else if (event.key === "Enter" && this.focus !== null && tag !== "BUTTON") this.viewed = this.focus;
      else if (event.key === "Escape") {
        this.focus = null;
        this.pick(new Set());
      } else return;
      event.preventDefault();
    },
  },
};
