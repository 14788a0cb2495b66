// Runs side by side: the curves of all, and for each its choice, its scores and the pictures of every step.
export default {
  template: `
  <div class="runs" v-if="about">
    <div v-if="!about.runs.length" class="missing">No run yet: add one to params.yaml.</div>
    <div class="curves" v-if="about.curves.length">
      <div class="curve-key"><span v-for="r in coloured" :key="r.name"><i :style="{background: r.colour}"></i>{{ r.name }}</span></div>
      <div class="curve-row"><div v-for="(c, n) in about.curves" :key="n" class="curve" v-html="c"></div></div>
    </div>
    <div class="wall-bar">
      <button v-for="k in kinds" :key="k.name" class="chip kind" :class="{on: kind === k.name}" :data-kind="k.name" @click="kind = k.name">{{ k.said }}</button>
    </div>
    <div class="run-columns">
      <section v-for="r in about.runs" :key="r.name" class="run" :data-run="r.name">
        <h2><i v-if="r.colour" :style="{background: r.colour}"></i>{{ r.name }}</h2>
        <div class="meta">{{ r.said }}</div>
        <div v-if="r.missing" class="run-missing">{{ r.missing }}</div>
        <div v-if="r.step" class="choice" :class="{person: r.by === 'a person'}">
          <b>Step {{ r.step }}</b> chosen by {{ r.by }}<span v-if="r.by === 'a person' && r.why">: {{ r.why }}</span>
          <button v-if="r.by === 'a person'" class="act quiet take-back" @click="$emit('take-back', r.name)">Take the vote back</button>
        </div>
        <div v-if="r.waits" class="choice waits">A vote for step {{ r.waits }} waits: its checkpoint is not there, or another now.
          <button class="act quiet take-back" @click="$emit('take-back', r.name)">Take it back</button></div>
        <div class="meta">{{ r.reason }}</div>
        <table v-if="r.table.length" class="scores">
          <thead><tr><th>step</th><th v-for="m in about.measures" :key="m">{{ m }}</th><th></th></tr></thead>
          <tbody><tr v-for="t in r.table" :key="t.step" :class="{on: t.step === r.step}">
            <td>{{ t.step || "base" }}</td>
            <td v-for="(s, n) in t.scores" :key="n">{{ s == null ? "–" : s.toFixed(2) }}</td>
            <td><button v-if="t.step" class="act vote" :data-step="t.step" :class="{off: r.by === 'a person' && t.step === r.step}"
                 :title="'Vote for step ' + t.step" @click="start(r.name, t.step)">Take it</button></td>
          </tr></tbody>
        </table>
        <form v-if="asking && asking.run === r.name" class="panel-row why" @submit.prevent="vote">
          <input class="field" ref="why" v-model="why" :aria-label="'Why step ' + asking.step" :placeholder="'Why step ' + asking.step + '? May be empty'"
                 maxlength="200" @keydown.esc.stop="asking = null">
          <button class="act primary vote-ok">Vote for step {{ asking.step }}</button>
        </form>
        <div v-if="r.steps.length" class="step-grid" :style="{'--steps': r.steps.length}">
          <template v-for="(p, n) in of(r)" :key="n">
            <div class="grid-prompt">{{ p.prompt }}</div>
            <figure v-for="s in r.steps" :key="s" :class="{on: s === r.step}">
              <img v-if="s in p.pictures" loading="lazy" :src="'drawn/' + version + '/' + p.pictures[s] + '.jpg'" :alt="p.prompt + ', ' + label(s)"
                   @click="look = {n: p.pictures[s], said: r.name + ', ' + label(s) + ': ' + p.prompt}">
              <figcaption>{{ label(s) }}</figcaption>
            </figure>
          </template>
        </div>
      </section>
    </div>
    <div v-if="look" class="look" @click="look = null"><div class="look-box shot-look">
      <div class="look-head"><span class="meta">{{ look.said }}</span></div>
      <img :src="'drawn-whole/' + version + '/' + look.n" alt="preview"></div></div>
  </div>`,
  props: { about: Object, version: Number },
  emits: ["vote", "take-back"],
  data() {
    return { kind: "", asking: null, why: "", look: null };
  },
  computed: {
    coloured() {
      return this.about.runs.filter((r) => r.colour);
    },
    kinds() {
      const used = new Set(this.about.runs.flatMap((r) => r.prompts.map((p) => p.purpose)));
      const kinds = this.about.kinds.filter((k) => used.has(k.name));
      if (!used.has(this.kind)) this.kind = kinds.find((k) => k.name === "fixed")?.name ?? kinds[0]?.name ?? "";
      return kinds;
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
    of(run) {
      return run.prompts.filter((p) => p.purpose === this.kind);
    },
    label(step) {
      return step ? `step ${step}` : "base";
    },
    start(run, step) {
      [this.asking, this.why] = [{ run, step }, ""];
      this.$nextTick(() => this.$el.querySelector(".why .field")?.focus());
    },
    vote() {
      this.$emit("vote", { ...this.asking, why: this.why });
      this.asking = null;
    },
  },
};
