// One picture: a prompt whose trigger words are completed, what else decides it, the queue, and the last pictures.
export default {
  template: `
  <div class="generate" v-if="usual">
    <form class="asked" novalidate @submit.prevent="draw">
      <div class="prompt-box">
        <label for="prompt">Prompt</label>
        <textarea id="prompt" ref="prompt" v-model="form.prompt" rows="3" maxlength="600" spellcheck="false" autocomplete="off"
          role="combobox" :aria-expanded="offered.length > 0" aria-controls="offers" aria-autocomplete="list"
          :placeholder="example" @input="look" @click="look" @blur="later" @keydown="keys"></textarea>
        <ul v-if="offered.length" class="offers" id="offers" role="listbox">
          <li v-for="(w, n) in offered" :key="w.word" :class="{on: n === at}" role="option" :aria-selected="n === at" @mousedown.prevent="take(w)">
            <b>{{ w.word }}</b><span v-if="w.run" class="meta">{{ w.run }}</span></li>
        </ul>
      </div>
      <div v-if="other" class="choice waits">Run {{ form.run }} has not learned {{ other.word }}.
        <button type="button" class="act quiet" @click="choose(other.run)">Take run {{ other.run }}</button></div>
      <label>Negative<input class="field" v-model="form.negative" maxlength="600" aria-label="Negative prompt"></label>
      <div class="fields">
        <label>Run<select class="field" v-model="form.run" aria-label="Run" @change="choose(form.run)">
          <option v-for="r in usual.runs" :key="r.name">{{ r.name }}</option></select></label>
        <label>Step<select class="field" v-model.number="form.step" aria-label="Step">
          <option :value="0">base</option><option v-for="s in steps" :key="s" :value="s">{{ s }}{{ s === chosen ? " ✓" : "" }}</option></select></label>
        <label>Scale<input class="field" type="number" step="0.05" v-model.number="form.scale" aria-label="Adapter scale"></label>
        <label>Seed<span class="with-button"><input class="field" type="number" v-model.number="form.seed" aria-label="Seed">
          <button type="button" class="act" title="Another seed (r)" @click="roll">⚂</button></span></label>
        <label>Width<input class="field" type="number" step="8" v-model.number="form.width" aria-label="Width"></label>
        <label>Height<input class="field" type="number" step="8" v-model.number="form.height" aria-label="Height"></label>
        <label>Sampler<select class="field" v-model="form.sampler" aria-label="Sampler"><option v-for="s in usual.samplers" :key="s">{{ s }}</option></select></label>
        <label>Steps<input class="field" type="number" v-model.number="form.steps" aria-label="Sampler steps"></label>
        <label>Guidance<input class="field" type="number" step="0.5" v-model.number="form.guidance" aria-label="Guidance"></label>
      </div>
      <div class="panel-row">
        <button class="act primary" id="draw">Draw<kbd>Ctrl Enter</kbd></button>
        <label class="row-label"><input type="checkbox" v-model="rolling"> another seed each time</label>
      </div>
      <div v-if="fault" class="said-fault" role="alert">{{ fault }}</div>
      <ol class="queue" v-if="tasks.length">
        <li v-for="t in tasks" :key="t.id" :class="t.state" :data-task="t.id">
          <div class="queue-line"><span class="queue-state">{{ words[t.state] }}</span><span class="queue-prompt">{{ t.prompt }}</span>
            <button v-if="t.state === 'waiting' || t.state === 'drawing'" type="button" class="act cancel" title="Cancel" @click="$emit('cancel', t.id)">×</button></div>
          <div v-if="t.state === 'drawing'" class="progress"><i :class="{busy: !t.share}" :style="{width: 100 * t.share + '%'}"></i></div>
          <div v-if="t.state === 'failed'" class="said-fault">{{ t.said }}</div>
        </li>
      </ol>
    </form>
    <div class="gallery-side">
      <div v-if="!gallery.length" class="missing">Nothing drawn yet. What is drawn is kept in work/studio, with its recipe inside.</div>
      <div class="drawn-grid">
        <figure v-for="g in gallery" :key="g.name" class="drawn" :data-name="g.name">
          <img loading="lazy" :src="'studio-small/' + g.name" :alt="g.prompt" @click="open = g">
          <figcaption :title="g.prompt">{{ g.prompt }}</figcaption>
          <div class="meta">{{ g.about }}</div>
          <button type="button" class="act use" @click="use(g)">Use this recipe</button>
        </figure>
      </div>
    </div>
    <div v-if="open" class="look" @click.self="open = null"><div class="look-box shot-look">
      <div class="look-head"><span class="meta">{{ open.name }} · {{ open.about }}</span>
        <a class="act" :href="'studio-whole/' + open.name" :download="open.name">Save</a>
        <button type="button" class="act again" @click="$emit('again', open.name); open = null">Draw it again</button>
        <button type="button" class="act" @click="use(open); open = null">Use this recipe</button>
        <button type="button" class="act" @click="open = null">Close<kbd>Esc</kbd></button></div>
      <img :src="'studio-whole/' + open.name" :alt="open.prompt">
      <div class="shot-said">{{ open.prompt }}</div></div></div>
  </div>`,
  props: { usual: Object, tasks: Array, gallery: Array, fault: String },
  emits: ["draw", "cancel", "again"],
  data() {
    const form = { prompt: "", negative: "", run: "", step: 0, scale: 1, seed: 1, width: 64, height: 64, sampler: "ddim", steps: 16, guidance: 3 };
    const words = { waiting: "waits", drawing: "draws", done: "done", failed: "failed", stopped: "cancelled" };
    return { form, words, offered: [], at: 0, rolling: true, open: null };
  },
  computed: {
    run() {
      return this.usual.runs.find((r) => r.name === this.form.run);
    },
    steps() {
      return this.run?.steps ?? [];
    },
    chosen() {
      return this.run?.step;
    },
    example() {
      const word = this.usual.words.find((w) => w.run === this.form.run)?.word;
      return word ? `${word}, 1person, head, front view` : "what is to be seen";
    },
    other() { // a trigger word of another run
      const own = new Set(this.usual.words.filter((w) => w.run === this.form.run).map((w) => w.word));
      const parts = this.form.prompt.toLowerCase().split(/[^\p{L}\p{N}<>_-]+/u);
      return this.usual.words.find((w) => !own.has(w.word) && parts.includes(w.word.toLowerCase()));
    },
  },
  created() {
    const first = this.usual?.runs[0];
    if (first) this.choose(first.name);
    Object.assign(this.form, this.usual?.usual);
    this.roll();
  },
  mounted() {
    this.listener = (event) => {
      if (event.key === "Escape") this.open = null;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.draw();
      if (event.key === "r" && !["INPUT", "TEXTAREA", "SELECT"].includes(document.activeElement?.tagName)) this.roll();
    };
    document.addEventListener("keydown", this.listener);
  },
  unmounted() {
    document.removeEventListener("keydown", this.listener);
  },
  methods: {
    choose(name) {
      const run = this.usual.runs.find((r) => r.name === name);
      const before = this.run?.side;
      [this.form.run, this.form.step] = [name, run.step];
      if (run.side !== before) [this.form.width, this.form.height] = [run.side, run.side];
    },
    roll() {
      this.form.seed = Math.floor(Math.random() * 2 ** 31);
    },
    draw() {
      this.$emit("draw", { ...this.form });
      if (this.rolling && this.form.prompt.trim()) this.roll();
      this.offered = [];
    },
    use(g) {
      Object.assign(this.form, g.form);
      this.rolling = false;
    },
    typed() { // the word before the cursor, back to the last comma
      const end = this.$refs.prompt.selectionStart;
      const start = Math.max(this.form.prompt.lastIndexOf(",", end - 1), this.form.prompt.lastIndexOf("\n", end - 1)) + 1;
      return { start, end, word: this.form.prompt.slice(start, end).trimStart() };
    },
    look() {
      const { word } = this.typed();
      const small = word.toLowerCase();
      const begins = (w) => w.toLowerCase().startsWith(small) && w.toLowerCase() !== small;
      const triggers = this.usual.words.filter((w) => begins(w.word));
      const others = this.usual.captions.filter(begins).map((w) => ({ word: w }));
      this.offered = small ? [...triggers, ...others].slice(0, 8) : [];
      this.at = 0;
    },
    later() {
      this.offered = [];
    },
    take(offer) {
      const { start, end } = this.typed();
      const before = this.form.prompt.slice(0, start) + (start ? " " : "");
      const rest = this.form.prompt.slice(end);
      const put = offer.word + (rest.trimStart().startsWith(",") ? "" : ", ");
      this.form.prompt = before + put + rest.trimStart();
      if (offer.run && !this.usual.words.some((w) => w.word === offer.word && w.run === this.form.run)) this.choose(offer.run);
      this.offered = [];
      const place = (before + put).length;
      this.$nextTick(() => this.$refs.prompt.setSelectionRange(place, place));
    },
    keys(event) {
      if (!this.offered.length) return;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) this.at = (this.at + moves[event.key] + this.offered.length) % this.offered.length;
      else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") this.take(this.offered[this.at]);
      else if (event.key === "Escape") this.offered = [];
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  },
};
