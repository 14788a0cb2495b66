// Captions before and after, one a row: what goes is struck out, what comes is underlined. Rows can be left out.
const ROW_H = 84, SPARE_ROWS = 4;

export default {
  template: `
  <div v-if="about" class="look preview">
    <div class="look-box preview-box">
      <div class="look-head">
        <b>{{ about.label }}</b>
        <span class="meta">{{ about.changes.length - without.size }} of {{ about.changes.length }} captions change. Click one to leave it as it is.</span>
        <button class="icon" title="Close (Esc)" @click="$emit('close')">✕</button>
      </div>
      <div class="preview-rows" ref="scroll" @scroll.passive="top = $refs.scroll.scrollTop">
        <div :style="{height: about.changes.length * ROW_H + 'px', position: 'relative'}">
          <div v-for="r in visible" :key="r.picture" class="preview-row" :class="{out: without.has(r.picture)}"
               :style="{top: r.y + 'px'}" :data-picture="r.picture" @click="toggle(r.picture)">
            <span class="tick" :class="{on: !without.has(r.picture)}">{{ without.has(r.picture) ? '' : '✓' }}</span>
            <img :src="'small/' + generation + '/' + r.number + '.jpg'" alt="">
            <div class="preview-text" :title="r.after"><template v-for="(p, k) in r.parts" :key="k"><del v-if="p[0] < 0">{{ p[1] }}</del><ins v-else-if="p[0] > 0">{{ p[1] }}</ins><template v-else>{{ p[1] }}</template></template></div>
          </div>
        </div>
      </div>
      <div class="dialog-foot">
        <span v-if="about.left" class="trouble grow">{{ about.left }}</span>
        <button class="act" @click="$emit('close')">Cancel<kbd>Esc</kbd></button>
        <button class="act primary act-apply" :class="{off: without.size === about.changes.length}" @click="apply">Change {{ about.changes.length - without.size }}<kbd>Enter</kbd></button>
      </div>
    </div>
  </div>`,
  props: { about: Object, generation: Number },
  emits: ["apply", "close"],
  data() {
    return { ROW_H, top: 0, height: 500, without: new Set() };
  },
  computed: {
    visible() {
      const first = Math.max(0, Math.floor(this.top / ROW_H) - SPARE_ROWS);
      const last = Math.ceil((this.top + this.height) / ROW_H) + SPARE_ROWS;
      return this.about.changes.slice(first, last).map(([number, picture, before, after], k) => {
        return { number, picture, after, y: (first + k) * ROW_H, parts: difference(before, after) };
      });
    },
  },
  watch: {
    about(now) {
      this.without = new Set();
      this.top = 0;
      if (now) this.$nextTick(() => (this.height = this.$refs.scroll?.clientHeight ?? this.height));
    },
  },
  mounted() {
    this.listener = (event) => this.key(event);
    document.addEventListener("keydown", this.listener, true);
  },
  unmounted() {
    document.removeEventListener("keydown", this.listener, true);
  },
  methods: {
    toggle(picture) {
      const set = new Set(this.without);
      set.has(picture) ? set.delete(picture) : set.add(picture);
      this.without = set;
    },
    apply() {
      if (this.without.size < this.about.changes.length) this.$emit("apply", [...this.without]);
    },
    key(event) {
      if (!this.about || document.querySelector(".q-dialog")) return;
      if (event.key === "Escape") this.$emit("close");
      else if (event.key === "Enter") event.repeat || this.apply(); // a key held down is no answer
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
  },
};

// Parts of two texts by words: [-1, goes], [0, stays], [1, comes], by the longest common subsequence.
function difference(before, after) {
  const a = before.match(/,\s*|\s+|[^\s,]+/g) || [], b = after.match(/,\s*|\s+|[^\s,]+/g) || [];
  if (a.length * b.length > 250000) return [[-1, before], [1, after]]; // far longer than a caption is
  const most = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      most[i][j] = a[i] === b[j] ? most[i + 1][j + 1] + 1 : Math.max(most[i + 1][j], most[i][j + 1]);
  const parts = [];
  const put = (kind, text) => {
    const last = parts[parts.length - 1];
    last && last[0] === kind ? (last[1] += text) : parts.push([kind, text]);
  };
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [put(0, a[i]), i++, j++];
    else if (i < a.length && (j >= b.length || most[i + 1][j] >= most[i][j + 1])) put(-1, a[i++]);
    else put(1, b[j++]);
  }
  return parts;
}
