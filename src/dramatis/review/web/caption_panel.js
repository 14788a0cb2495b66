// The panel beside the pictures: what is selected, its tags, labels, and what can be done to its captions.
export default {
  template: `
  <aside class="panel" v-if="about">
    <div class="panel-head">
      <b>{{ title }}</b>
      <div v-if="about.count" class="panel-row">
        <button class="act act-keep" title="Write the captions down as they are, so that no run changes them" @click="$emit('command', 'p')">Keep<kbd>p</kbd></button>
        <button class="act act-reset" :class="{off: !about.human}" title="Take the lines out of captions.yaml" @click="$emit('command', 'x')">Automatic again<kbd>x</kbd></button>
      </div>
    </div>
    <section v-if="about.one">
      <img class="panel-picture" :src="'whole/' + generation + '/' + about.one.number" alt="picture">
      <div class="code">{{ about.one.id }}</div>
      <div class="meta">{{ about.one.about }}</div>
      <div class="meta">captions.yaml: <span class="code picture-hash">{{ about.one.picture }}</span><span v-if="about.one.twins"> · {{ about.one.twins }} equal</span></div>
      <textarea ref="text" v-model="text" rows="5" aria-label="Caption" spellcheck="true"
                @keydown.enter.prevent="save" @keydown.esc.stop="leave"></textarea>
      <div class="panel-row">
        <button class="act primary act-save" :class="{off: !changed}" @click="save">Save<kbd>Enter</kbd></button>
        <span v-if="about.one.pending" class="pending">● not yet applied</span>
        <span v-else-if="about.one.human" class="settled">✎ human</span>
        <span v-else class="meta">automatic<kbd>e</kbd></span>
      </div>
      <div v-if="about.one.human && about.one.automatic" class="meta">Automatic: {{ about.one.automatic }}</div>
    </section>
    <section>
      <h3>Add a tag<kbd>n</kbd></h3>
      <form class="panel-row" @submit.prevent="add">
        <input ref="add" class="field" v-model="tag" aria-label="Tag to add" placeholder="red scarf" list="panel-tags" @keydown.esc.stop="leave">
        <button class="act act-add">Add</button>
      </form>
      <datalist id="panel-tags"><option v-for="t in about.tags" :key="t.tag" :value="t.tag"></option></datalist>
    </section>
    <section v-if="about.count">
      <h3>Labels</h3>
      <div class="labels">
        <template v-for="(l, k) in about.labels" :key="k">
          <form v-if="setting === k" class="panel-row label-form" @submit.prevent="setLabel(k)">
            <kbd>{{ k + 1 }}</kbd>
            <input class="field" v-model="label" :aria-label="'Label of key ' + (k + 1)" placeholder="a tag, or several" @keydown.esc.stop="setting = null">
            <button class="act">Set</button>
          </form>
          <span v-else-if="l.tag" class="tag-box label" :class="{some: !l.on}" :data-key="k + 1">
            <button class="tag-name" :title="l.on ? 'Take it from all' : 'Give it to all'" @click="$emit('label', k)"><kbd>{{ k + 1 }}</kbd>{{ l.tag }}</button>
            <button title="Another label for this key" @click="start(k)">✎</button>
          </span>
        </template>
        <button v-if="free >= 0 && setting === null" class="act free-label" @click="start(free)">Set key {{ free + 1 }}</button>
      </div>
    </section>
    <section v-if="about.count">
      <h3>Tags <span class="meta">of {{ about.known }} captions</span></h3>
      <div class="tags">
        <span v-for="t in about.tags" :key="t.tag" class="tag-box" :class="{some: t.count < about.known}" :data-tag="t.tag">
          <span class="tag-name" :title="t.count + ' of ' + about.known">{{ t.tag }}</span><span v-if="about.known > 1" class="count">{{ t.count }}</span>
          <button v-if="t.count < about.known" class="give" title="Give it to all" @click="$emit('add', t.tag)">+</button>
          <button class="take" title="Take it from all" @click="$emit('remove', t.tag)">×</button>
        </span>
        <span v-if="about.more" class="meta">and {{ about.more }} more</span>
      </div>
    </section>
    <section>
      <h3>Find and replace<kbd>f</kbd></h3>
      <form class="replace" @submit.prevent="replace">
        <input ref="find" class="field" v-model="find" aria-label="Find" placeholder="find" @keydown.esc.stop="leave">
        <input class="field" v-model="by" aria-label="Replace by" placeholder="replace by; empty takes it out" @keydown.esc.stop="leave">
        <label><input type="checkbox" v-model="whole"> whole tag</label>
        <label><input type="checkbox" v-model="anyCase" :disabled="whole"> any case</label>
        <button class="act act-preview">Preview {{ about.count || about.shown }}</button>
      </form>
    </section>
  </aside>`,
  props: { about: Object, generation: Number },
  emits: ["add", "remove", "replace", "edit", "label", "set-label", "command"],
  data() {
    return { text: "", tag: "", find: "", by: "", whole: true, anyCase: false, setting: null, label: "" };
  },
  computed: {
    title() {
      const { count, shown } = this.about;
      return count ? `${count} selected` : `Nothing selected: all ${shown} that are shown are meant`;
    },
    free() {
      return this.about.labels.findIndex((l) => !l.tag);
    },
    changed() {
      return this.about.one && this.text.trim() !== (this.about.one.caption ?? "");
    },
  },
  watch: {
    about(now, before) { // what somebody types stays while it is the same caption
      const [one, other] = [now?.one, before?.one];
      if (one && (one.picture !== other?.picture || one.caption !== other?.caption)) this.text = one.caption ?? "";
    },
  },
  mounted() {
    this.listener = (event) => this.key(event);
    document.addEventListener("keydown", this.listener);
  },
  unmounted() {
    document.removeEventListener("keydown", this.listener);
  },
  methods: {
    leave(event) {
      event.target.blur();
    },
    save() {
      const { id, picture } = this.about.one;
      if (this.changed) this.$emit("edit", { id, picture, text: this.text });
      this.$refs.text.blur();
    },
    add() {
      if (this.tag.trim()) this.$emit("add", this.tag);
      this.tag = "";
      this.$refs.add.blur();
    },
    start(k) {
      [this.setting, this.label] = [k, this.about.labels[k].tag];
      this.$nextTick(() => this.$el.querySelector(".label-form .field")?.focus());
    },
    setLabel(k) {
      this.$emit("set-label", { key: k, label: this.label });
      this.setting = null;
    },
    replace() {
      this.$emit("replace", { find: this.find, by: this.by, whole: this.whole, case: !this.anyCase });
      document.activeElement?.blur();
    },
    key(event) {
      const tag = document.activeElement?.tagName;
      if (!this.about || tag === "INPUT" || tag === "TEXTAREA" || tag === "SELECT") return;
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".q-dialog, .preview, .look")) return;
      const field = { e: "text", n: "add", f: "find" }[event.key];
      if (!field || !this.$refs[field]) return;
      this.$refs[field].focus();
      event.preventDefault();
    },
  },
};
