// Stories: the list, the settings of one, its stages, and its panels with what a person may change in them.
export default {
  template: `
  <div class="stories" v-if="about">
    <aside class="story-list">
      <button v-for="n in about.names" :key="n" class="act story-name" :class="{on: !making && s && s.name === n}" :data-story="n" @click="making = false; $emit('open', n)">{{ n }}</button>
      <button class="act primary" id="new-story" @click="make">New story</button>
    </aside>
    <div class="story-main">
      <form v-if="making || s" class="asked story-form" novalidate @submit.prevent="save">
        <div class="fields">
          <label v-if="making">Name<input class="field" v-model="name" maxlength="64" aria-label="Name" placeholder="lost"></label>
          <label class="whole">Line<textarea ref="line" rows="2" v-model="form.line" maxlength="600" aria-label="Line"
            :placeholder="'\`' + (about.words[0]?.character || 'ada') + '\` loses her umbrella in the rain'"></textarea></label>
        </div>
        <div class="choices"><button v-for="w in people" :key="w.run + w.character" type="button" class="chip person" @click="put(w)">{{ w.character }}<span class="count">{{ w.run }}</span></button></div>
        <div class="fields">
          <label>Runs<input class="field" v-model="form.runs" aria-label="Runs" :placeholder="about.runs.join(', ')"></label>
          <label>Place<input class="field" v-model="form.place" maxlength="600" aria-label="Place" placeholder="forest"></label>
          <label>Style<input class="field" v-model="form.style" maxlength="600" aria-label="Style"></label>
          <label>Panels<input class="field" type="number" v-model.number="form.panels" aria-label="Panels"></label>
          <label>Seed<input class="field" type="number" v-model.number="form.seed" aria-label="Seed"></label>
        </div>
        <div class="panel-row">
          <button class="act primary" id="save-story" :class="{off: !making && !changed}">{{ making ? "Make it" : "Save" }}</button>
          <button v-if="making" type="button" class="act" @click="making = false">Cancel</button>
          <template v-else>
            <button v-for="t in about.stages" :key="t.name" type="button" class="act stage-run" :data-stage="t.name" :class="{off: running}"
              @click="$emit('run', {story: s.name, stage: t.name})">{{ t.label }}</button>
            <button v-if="running" type="button" class="act stop" @click="$emit('stop')">Stop</button>
          </template>
          <span v-if="about.job && !making" class="job meta" :class="about.job.state">{{ about.job.said }}</span>
        </div>
        <div v-if="running && !making" class="progress"><i :class="{busy: about.job.share == null}" :style="{width: 100 * (about.job.share || 0) + '%'}"></i></div>
        <div v-if="s && s.own && !making" class="meta">The scenes are yours, in stories/{{ s.name }}.yaml: the line decides nothing now.
          <button type="button" class="act quiet" @click="$emit('forget-own', {story: s.name})">Let the writer write them</button></div>
        <div v-if="about.fault && !making" class="said-fault">{{ about.fault }}</div>
      </form>
      <template v-if="s && !making">
        <h2 v-if="s.title">{{ s.title }}</h2>
        <div v-if="!s.order.length" class="missing">No scenes yet: Write makes them of the line.</div>
        <div class="panel-grid">
          <section v-for="(n, at) in s.order" :key="n" class="panel-card" :data-scene="n">
            <div class="panel-shot">
              <img v-if="s.scenes[n].drawn" :src="picture(n)" :alt="s.scenes[n].caption" @click="look = picture(n)">
              <span v-else class="meta">not drawn yet</span>
            </div>
            <div class="queue-line"><b>{{ n }}</b><span class="meta grow">{{ s.scenes[n].who }}<template v-if="s.scenes[n].seed != null"> · seed {{ s.scenes[n].seed }}</template></span>
              <button class="act move" title="Earlier" :class="{off: !at}" @click="move(at, -1)">←</button>
              <button class="act move" title="Later" :class="{off: at === s.order.length - 1}" @click="move(at, 1)">→</button>
              <button class="act move" title="Leave it out" :class="{off: s.order.length < 2}" @click="leave(at)">×</button></div>
            <div v-if="s.scenes[n].pending" class="pending">● not yet drawn as decided: Draw</div>
            <div v-if="s.scenes[n].flag" class="reason">{{ s.scenes[n].flag }}</div>
            <textarea v-for="f in ['caption', 'prompt']" :key="f" :class="[f, {unsaved: isDraft(n, f)}]" :aria-label="f + ' of scene ' + n" rows="2" maxlength="600"
              :value="typed(n, f)" @input="drafts[draft(n, f)] = $event.target.value" @blur="say(n, f)"></textarea>
            <div v-if="s.scenes[n].edits.length" class="meta">{{ s.scenes[n].edits.join("; ") }}
              <button class="act quiet undo-edit" @click="$emit('undo-edit', {story: s.name, scene: n})">Take the last back</button></div>
            <div v-if="s.scenes[n].picked != null" class="meta">seed {{ s.scenes[n].picked }} is chosen
              <button class="act quiet" @click="$emit('unpick', {story: s.name, scene: n})">Let the score choose</button></div>
            <div v-if="s.scenes[n].pose" class="meta code">{{ s.scenes[n].pose }}
              <button class="act quiet" @click="$emit('no-pose', {story: s.name, scene: n})">No pose</button></div>
            <div class="panel-row">
              <button class="act another" :class="{off: !s.scenes[n].drawn}" @click="$emit('another', {story: s.name, scene: n})">Another</button>
              <button class="act change" :class="{off: !s.scenes[n].drawn}" @click="editing = editing === n ? null : n">Change a word</button>
              <label class="act pose">Pose…<input type="file" accept="image/png,image/jpeg,image/webp" :aria-label="'Pose of scene ' + n" @change="upload(n, $event)"></label>
            </div>
            <form v-if="editing === n" class="edit-form" novalidate @submit.prevent="tryEdit(n)">
              <select class="field" v-model="edit.kind" aria-label="Kind of change"><option value="replace">replace</option><option value="reweight">reweight</option><option value="refine">add</option></select>
              <select v-if="edit.kind !== 'refine'" class="field" v-model="edit.word" aria-label="Word"><option v-for="w in wordsOf(n)" :key="w">{{ w }}</option></select>
              <input v-if="edit.kind !== 'reweight'" class="field" v-model="edit.by" aria-label="By" :placeholder="edit.kind === 'replace' ? 'by' : 'what is added'">
              <input v-else class="field" type="number" step="0.1" v-model.number="edit.weight" aria-label="Weight">
              <button class="act primary try-edit">Try</button>
            </form>
            <div v-if="tries(n).length" class="tries">
              <figure v-for="t in tries(n)" :key="t.id" class="try" :class="t.state">
                <img v-if="t.state === 'done'" :src="'studio-whole/' + t.said" alt="a try" @click="look = 'studio-whole/' + t.said">
                <div v-else-if="t.state === 'failed'" class="said-fault">{{ t.said }}</div>
                <div v-else class="progress"><i :class="{busy: !t.share}" :style="{width: 100 * t.share + '%'}"></i></div>
                <button v-if="t.state === 'done'" class="act take" @click="$emit('take', {id: t.id})">Take it</button>
              </figure>
            </div>
          </section>
        </div>
        <div v-if="left.length" class="panel-row meta">Left out:
          <button v-for="n in left" :key="n" class="chip" @click="$emit('order', {story: s.name, order: [...s.order, n]})">scene {{ n }} back</button></div>
        <div v-if="s.made.length" class="rendered">
          <h3>Rendered</h3>
          <div class="panel-row"><a v-for="m in s.made" :key="m" class="act" :href="made(m)" :download="s.name + '-' + m">{{ m }}</a></div>
          <img v-if="s.made.includes('strip.png')" :src="made('strip.png') + '?' + s.version" alt="the strip">
          <video v-if="s.made.includes('clip.mp4')" controls preload="metadata" :src="made('clip.mp4') + '?' + s.version"></video>
        </div>
      </template>
      <div v-if="!s && !making" class="missing">No story yet.</div>
    </div>
    <div v-if="look" class="look" @click="look = null"><div class="look-box shot-look"><img :src="look" alt="panel"></div></div>
  </div>`,
  props: { about: Object },
  emits: ["add", "settings", "open", "run", "stop", "say", "order", "another", "try-edit", "undo-edit", "take", "unpick", "no-pose", "forget-own"],
  data() {
    const edit = { kind: "replace", word: "", by: "", weight: 1.5 };
    return { making: false, name: "", form: this.formOf(null), editing: null, edit, look: null, drafts: {} };
  },
  computed: {
    s() {
      return this.about.story;
    },
    running() {
      return ["running", "stopping"].includes(this.about.job?.state);
    },
    people() {
      return this.about.words.filter((w) => w.character);
    },
    changed() {
      return JSON.stringify(this.form) !== JSON.stringify(this.formOf(this.s));
    },
    left() {
      return Object.keys(this.s.scenes).map(Number).filter((n) => !this.s.order.includes(n));
    },
  },
  watch: {
    "about.story": {
      immediate: true,
      handler(now, before) { // what somebody types stays while the story says the same
        if (this.making && now && now.name !== before?.name && now.name === this.name.trim()) [this.making, this.form] = [false, this.formOf(now)];
        if (now && !this.making && JSON.stringify(now.settings) !== JSON.stringify(before?.settings)) this.form = this.formOf(now);
        if (now?.name !== before?.name) [this.editing, this.drafts] = [null, {}];
        for (const n in now?.scenes) // a text that is another now is what counts
          for (const f of ["caption", "prompt"]) if (now.scenes[n][f] !== before?.scenes[n]?.[f]) delete this.drafts[this.draft(n, f)];
      },
    },
  },
  mounted() {
    this.listener = (event) => event.key === "Escape" && (this.look = null);
    document.addEventListener("keydown", this.listener);
  },
  unmounted() {
    document.removeEventListener("keydown", this.listener);
  },
  methods: {
    formOf(story) {
      const said = story?.settings ?? { panels: 4, seed: 7 };
      const { line = "", runs = [], place, style, panels, seed } = said;
      return { line, runs: (runs ?? []).join(", "), place: place ?? "", style: style ?? "", panels, seed };
    },
    make() {
      [this.making, this.name, this.form] = [true, "", this.formOf(null)];
    },
    values() {
      return { ...this.form, runs: this.form.runs.split(",").map((r) => r.trim()).filter(Boolean) };
    },
    save() {
      if (this.making) this.$emit("add", { name: this.name, ...this.values() }); // the form stays until the story is there
      else this.$emit("settings", { story: this.s.name, ...this.values() });
    },
    put(word) {
      const box = this.$refs.line;
      const at = document.activeElement === box ? box.selectionStart : this.form.line.length;
      this.form.line = `${this.form.line.slice(0, at)}\`${word.character}\` ${this.form.line.slice(at)}`;
      const runs = this.values().runs;
      if (!runs.includes(word.run)) this.form.runs = [...runs, word.run].join(", ");
      box.focus();
    },
    draft(n, field) {
      return `${n} ${field}`;
    },
    typed(n, field) {
      return this.drafts[this.draft(n, field)] ?? this.s.scenes[n][field];
    },
    isDraft(n, field) {
      return this.typed(n, field).trim() !== this.s.scenes[n][field];
    },
    say(n, field) { // it stays as typed until it is written, and if it is refused
      if (this.isDraft(n, field)) this.$emit("say", { story: this.s.name, scene: n, field, text: this.typed(n, field) });
      else delete this.drafts[this.draft(n, field)];
    },
    picture(n) {
      return `panel/${this.s.version}/${this.s.name}/${n}.png`;
    },
    made(file) {
      return `made/${this.s.name}/${file}`;
    },
    move(at, by) {
      const order = [...this.s.order];
      [order[at], order[at + by]] = [order[at + by], order[at]];
      this.$emit("order", { story: this.s.name, order });
    },
    leave(at) {
      this.$emit("order", { story: this.s.name, order: this.s.order.filter((_, n) => n !== at) });
    },
    wordsOf(n) {
      return this.s.scenes[n].prompt.split(",").map((w) => w.trim()).filter(Boolean);
    },
    tryEdit(n) {
      const { kind, word, by, weight } = this.edit;
      const said = kind === "replace" ? { kind, word, by } : kind === "reweight" ? { kind, word, weight } : { kind, by };
      this.$emit("try-edit", { story: this.s.name, scene: n, edit: said });
    },
    tries(n) {
      return this.about.tries.filter((t) => t.scene === n && t.state !== "stopped");
    },
    async upload(n, event) {
      const file = event.target.files[0];
      event.target.value = "";
      if (!file) return;
      const answer = await fetch(`pose/${this.s.name}/${n}`, { method: "POST", body: file });
      const said = await answer.text();
      if (!answer.ok) window.Quasar.Notify.create({ message: said, type: "negative", timeout: 8000, multiLine: true });
    },
  },
};
