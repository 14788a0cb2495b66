// The wall: one card for each group. Only the rows of cards that can be seen are in the page.
const GAP = 12, CARD_W = 228, CARD_H = 222, SPARE_ROWS = 2;

export default {
  template: `
  <div class="wall">
    <div class="wall-bar">
      <input ref="search" class="search" type="search" v-model="query" placeholder="Search name or video  ( / )"
             aria-label="Search by name or video" @keydown.esc.stop="leaveSearch" @keydown.enter.stop="leaveSearch">
      <div class="filters" role="tablist">
        <button v-for="(f, k) in filters" :key="f.id" class="chip" role="tab" :class="{on: filter === f.id}"
                :aria-selected="filter === f.id" :title="f.hint + ' (' + (k + 1) + ')'" @click="choose(f.id)">
          {{ f.label }}<span class="count">{{ sizes[f.id] }}</span>
        </button>
      </div>
    </div>
    <div class="wall-scroll" ref="scroll" @scroll.passive="scrolled">
      <div v-if="!shown.length" class="empty">{{ emptyText }}</div>
      <div class="wall-space" :style="{height: rows * (CARD_H + GAP) + 'px'}">
        <div v-for="c in visible" :key="c.id" class="card" :class="cardClass(c)" :style="c.style" :data-id="c.id"
             draggable="true" role="button" tabindex="-1" :aria-label="c.title"
             @click="clicked(c, $event)" @dragstart="drag(c, $event)" @dragover.prevent="over = c.id"
             @dragleave="over = null" @drop.prevent="drop(c, $event)">
          <div class="mosaic">
            <img v-for="n in c.thumbs" :key="n" :src="base + n + '.jpg'" draggable="false" decoding="async" alt="">
            <div class="reasons"><span v-for="r in c.reasons.slice(0, 2)" :key="r">{{ r }}</span></div>
          </div>
          <div class="doubt" :title="'Doubt ' + Math.round(c.doubt * 100) + ' %'">
            <i :style="{width: c.doubt * 100 + '%'}"></i>
          </div>
          <div class="card-title">
            <span class="name" :class="{none: !c.key}">{{ c.title }}</span>
            <span v-if="c.pending" class="pending" title="Decided, not yet applied">●</span>
            <button class="tick" :class="{on: picked.has(c.id)}" title="Select (Space)"
                    @click.stop="toggle(c.id)">{{ picked.has(c.id) ? '✓' : '' }}</button>
          </div>
          <div class="meta">{{ meta(c) }}</div>
        </div>
      </div>
    </div>
  </div>`,
  props: { cards: Array, base: String, doubtful: Number, open: String },
  emits: ["open", "drop", "picked"],
  data() {
    return { GAP, CARD_H, query: "", filter: "review", top: 0, height: 600, width: 1200, picked: new Set(),
             focus: null, at: 0, over: null };
  },
  computed: {
    filters() {
      return [
        { id: "review", label: "All", hint: "Named and unnamed, most doubtful first" },
        { id: "doubtful", label: "Doubtful", hint: "What is worth a look" },
        { id: "unnamed", label: "Unnamed", hint: "Clusters without a name" },
        { id: "named", label: "Named", hint: "Characters" },
        { id: "loose", label: "Single tracks", hint: "Tracks in no cluster" },
        { id: "rejected", label: "Rejected", hint: "Not in the cast, or not a person" },
      ];
    },
    found() {
      const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
      return this.cards.filter((c) => {
        const text = (c.title + " " + c.key + " " + c.videos.join(" ") + " " + c.id).toLowerCase();
        return words.every((w) => text.includes(w));
      });
    },
    sizes() {
      return Object.fromEntries(this.filters.map((f) => [f.id, this.found.filter((c) => this.passes(c, f.id)).length]));
    },
    shown() {
      return this.found.filter((c) => this.passes(c, this.filter));
    },
    columns() {
      return Math.max(1, Math.floor((this.width - GAP) / (CARD_W + GAP)));
    },
    cardWidth() {
      return (this.width - GAP * (this.columns + 1)) / this.columns;
    },
    rows() {
      return Math.ceil(this.shown.length / this.columns);
    },
    visible() {
      const first = Math.max(0, Math.floor(this.top / (CARD_H + GAP)) - SPARE_ROWS);
      const last = Math.ceil((this.top + this.height) / (CARD_H + GAP)) + SPARE_ROWS;
      return this.shown.slice(first * this.columns, last * this.columns).map((c, k) => {
        const at = first * this.columns + k;
        const x = GAP + (at % this.columns) * (this.cardWidth + GAP);
        const y = GAP / 2 + Math.floor(at / this.columns) * (CARD_H + GAP);
        const style = { transform: `translate(${x}px, ${y}px)`, width: this.cardWidth + "px", height: CARD_H + "px" };
        return { ...c, style };
      });
    },
    emptyText() {
      return this.query ? "Nothing here is called so." : "Nothing here. Well done.";
    },
  },
  watch: {
    cards() {
      const there = new Set(this.cards.map((c) => c.id));
      const kept = [...this.picked].filter((id) => there.has(id));
      if (kept.length !== this.picked.size) this.pick(new Set(kept));
    },
    focus() {
      this.tell();
    },
    open(id, before) {
      const kept = this.shown.some((c) => c.id === before); // else it was renamed, and the place on the wall stays
      if (id) this.focus = id;
      if (!before || kept) this.$nextTick(() => this.reveal(this.focus));
    },
  },
  mounted() {
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.$refs.scroll);
    this.listener = (event) => this.key(event);
    document.addEventListener("keydown", this.listener);
    this.measure();
  },
  unmounted() {
    this.observer.disconnect();
    document.removeEventListener("keydown", this.listener);
  },
  methods: {
    measure() {
      const box = this.$refs.scroll;
      if (!box || !box.clientWidth) return; // hidden: a narrow window shows the group alone
      this.height = box.clientHeight;
      this.width = box.clientWidth;
      this.top = box.scrollTop;
    },
    scrolled() {
      this.top = this.$refs.scroll.scrollTop;
    },
    passes(c, filter) {
      if (filter === "review") return c.kind === "named" || c.kind === "unnamed";
      if (filter === "doubtful") return (c.kind === "named" || c.kind === "unnamed") && c.doubt >= this.doubtful;
      return c.kind === filter;
    },
    choose(filter) {
      this.filter = filter;
      this.$refs.scroll.scrollTop = 0;
    },
    cardClass(c) {
      return { [c.kind]: true, open: c.id === this.open, focus: c.id === this.focus, picked: this.picked.has(c.id),
               over: c.id === this.over };
    },
    meta(c) {
      const length = c.seconds >= 90 ? Math.round(c.seconds / 60) + " min" : Math.round(c.seconds) + " s";
      const parts = [c.faces + (c.faces === 1 ? " face" : " faces")];
      if (c.tracks > 1) parts.push(c.tracks + " tracks");
      if (c.seconds) parts.push(length);
      parts.push(c.videos.length > 3 ? c.videos.length + " videos" : c.videos.join(" "));
      return parts.join(" · ");
    },
    pick(set) {
      this.picked = set;
      this.tell();
    },
    tell() {
      this.$emit("picked", this.picked.size ? [...this.picked] : this.focus ? [this.focus] : []);
    },
    toggle(id) {
      const set = new Set(this.picked);
      set.has(id) ? set.delete(id) : set.add(id);
      this.point(id);
      this.pick(set);
    },
    point(id) {
      this.focus = id;
      this.at = this.shown.findIndex((c) => c.id === id);
    },
    clear() {
      this.pick(new Set());
    },
    clicked(c, event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return this.toggle(c.id);
      this.point(c.id);
      this.$emit("open", c.id);
    },
    drag(c, event) {
      const groups = this.picked.has(c.id) ? [...this.picked] : [c.id];
      event.dataTransfer.setData("application/x-dramatis", JSON.stringify({ groups }));
      event.dataTransfer.effectAllowed = "move";
    },
    drop(c, event) {
      this.over = null;
      const dragged = event.dataTransfer.getData("application/x-dramatis");
      if (dragged) this.$emit("drop", { ...JSON.parse(dragged), to: c.id });
    },
    leaveSearch() {
      this.$refs.search.blur();
    },
    reveal(id) {
      const at = this.shown.findIndex((c) => c.id === id);
      const box = this.$refs.scroll;
      if (at < 0 || !box) return;
      const y = Math.floor(at / this.columns) * (CARD_H + GAP);
      if (y < box.scrollTop) box.scrollTop = y;
      else if (y + CARD_H + GAP > box.scrollTop + this.height) box.scrollTop = y + CARD_H + GAP - this.height;
    },
    step(by) {
      const now = this.shown.findIndex((c) => c.id === this.focus);
      const settled = now >= 0 && now !== this.at; // a decision moved it: go on from where it was
      const to = !this.focus ? 0 : settled ? this.at + (by > 0 ? by - 1 : by) : now + by;
      this.at = Math.min(Math.max(to, 0), this.shown.length - 1);
      const next = this.shown[this.at];
      if (!next) return;
      this.focus = next.id;
      this.reveal(next.id);
      if (this.open) this.$emit("open", next.id);
    },
    key(event) {
      const tag = document.activeElement?.tagName;
      if (tag === "INPUT" || tag === "TEXTAREA" || document.querySelector(".q-dialog, .look")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const number = Number(event.key) - 1;
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns };
      if (event.key === "/") this.$refs.search.focus();
      else if (this.filters[number]) this.choose(this.filters[number].id);
      else if (event.key === "]" || event.key === "[") this.step(event.key === "]" ? 1 : -1);
      else if (this.open) return;
      else if (event.key in steps) this.step(steps[event.key]);
      else if (event.key === "Enter" && this.focus && tag !== "BUTTON") this.$emit("open", this.focus);
      else if (event.key === " " && this.focus) this.toggle(this.focus);
      else if (event.key === "Escape") this.clear();
      else return;
      event.preventDefault();
    },
  },
};
