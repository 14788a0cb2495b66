// The inside of one group: its tracks, the least certain first, and beside them who looks alike.
const FACE = 76, ROW_HEAD = 30, ROW_PAD = 16, SPARE_PX = 400;

export default {
  template: `
  <div v-if="group" class="group" :data-id="group.id">
    <div class="group-head">
      <button class="icon" title="Back to the wall (Esc)" @click="$emit('close')">←</button>
      <div class="who">
        <div class="group-title" :class="{none: !group.key}" title="Name (n)" @click="$emit('command', 'n')">
          {{ group.title }}<span class="pencil">✎</span></div>
        <div class="meta">
          <span v-if="group.key" class="key">{{ group.key }}</span>
          {{ group.faces }} faces · {{ group.tracks.length }} tracks<template v-if="group.seconds"> · {{ Math.round(group.seconds) }} s</template>
          <span v-for="r in group.reasons" :key="r" class="reason">{{ r }}</span>
        </div>
      </div>
      <div v-if="group.references.length" class="references" title="Reference pictures">
        <img v-for="n in group.references.slice(0, 4)" :key="n" :src="referenceBase + n + '.jpg'" alt="reference">
        <span v-if="group.references.length > 4" class="meta">+{{ group.references.length - 4 }}</span>
      </div>
    </div>
    <div class="actions">
      <span class="what" :class="{some: picked.size}">{{ picked.size ? picked.size + (picked.size === 1 ? ' track' : ' tracks') : 'Whole group' }}</span>
      <button v-for="a in actions" :key="a.key" :class="['act', 'act-' + a.id]" :title="a.hint" @click="$emit('command', a.key)">
        {{ a.label }}<kbd>{{ a.key }}</kbd></button>
      <button v-if="picked.size" class="act quiet" @click="clear">Clear<kbd>Esc</kbd></button>
    </div>
    <div class="group-body">
      <div class="tracks" ref="scroll" @scroll.passive="top = $refs.scroll.scrollTop">
        <div class="tracks-space" :style="{height: total + 'px'}">
          <div v-for="t in visible" :key="t.id" class="track" :style="{top: t.y + 'px', height: t.h - 6 + 'px'}"
               :class="{picked: picked.has(t.id), focus: t.id === focus, unsure: unsure(t)}" :data-id="t.id"
               draggable="true" @dragstart="drag(t, $event)" @click="clicked(t, $event)">
            <div class="track-head">
              <span class="tick" :class="{on: picked.has(t.id)}">{{ picked.has(t.id) ? '✓' : '' }}</span>
              <span class="where">{{ t.video }} · {{ t.time }}</span>
              <span v-if="!t.still" class="meta">{{ t.seconds }} s</span>
              <span v-if="t.rival" class="reason">close to {{ t.rival }}</span>
              <span v-else-if="t.far" class="reason">far from the rest</span>
              <span v-if="t.origin === 'decision'" class="settled" title="A person decided this">✓ decided</span>
              <span v-if="t.pending" class="pending" title="Decided, not yet applied">● not yet applied</span>
              <button v-if="!t.still" class="play" title="Play the shot (v)" @click.stop="look(t.faces[0], true)">▶</button>
            </div>
            <div class="faces">
              <img v-for="n in t.shown" :key="n" :src="base + n + '.jpg'" draggable="false" decoding="async" alt="face"
                   title="Frame and time code (Enter)" @click.stop="look(n)">
              <button v-if="t.shown.length < t.faces.length" class="more" @click.stop="expand(t.id)">+{{ t.faces.length - t.shown.length }}</button>
            </div>
          </div>
        </div>
      </div>
      <div class="near">
        <h3>May be the same</h3>
        <p v-if="firstSame < 0" class="meta">Nobody else looks alike. The nearest:</p>
        <div v-for="(o, k) in group.neighbours" :key="o.id" class="pair" :class="{barred: !o.near}">
          <div class="side">
            <img v-for="n in mine.slice(0, 2)" :key="'m' + n" :src="base + n + '.jpg'" alt="">
            <span class="vs">?</span>
            <img v-for="n in o.thumbs.slice(0, 2)" :key="n" :src="base + n + '.jpg'" alt="" @click="$emit('open', o.id)">
          </div>
          <div class="pair-name" :class="{none: o.kind !== 'named'}" @click="$emit('open', o.id)">{{ o.title }}
            <span class="meta">{{ o.faces }} faces</span></div>
          <div v-if="o.together" class="meta">seen together in {{ o.together }} frames</div>
          <div v-else-if="!o.near" class="meta">looks different</div>
          <div v-else class="meter" :title="'Difference ' + o.away + ' of the limit for one person'"><i :style="{width: Math.round(100 * o.likeness) + '%'}"></i></div>
          <button class="act same" @click="$emit('same', o.id)">Same person<kbd v-if="k === firstSame">y</kbd></button>
        </div>
      </div>
    </div>
    <div v-if="viewed !== null" class="look" @click.self="viewed = null">
      <div class="look-box" :style="{'--wide': about.wide}">
        <div class="look-head">
          <b>{{ about.video }}</b><span class="code">{{ about.time }}</span>
          <span class="meta">{{ about.note }}</span>
          <button v-if="about.clip" class="act" @click="playing = !playing">{{ playing ? 'Frame' : 'Play the shot' }}<kbd>v</kbd></button>
          <button class="icon" title="Close (Esc)" @click="viewed = null">✕</button>
        </div>
        <video v-if="playing && about.clip" :src="clipBase + viewed + '.mp4'" controls autoplay loop @error="failed"></video>
        <div v-else class="frame">
          <img :src="frameBase + viewed + '.jpg'" alt="frame">
          <div v-if="about.box" class="face-box" :style="about.box"></div>
        </div>
        <div v-if="trouble" class="trouble">{{ trouble }}</div>
      </div>
    </div>
  </div>`,
  props: { group: Object, base: String, frameBase: String, clipBase: String, referenceBase: String, aboutBase: String },
  emits: ["close", "command", "open", "same", "picked"],
  data() {
    return { picked: new Set(), focus: null, top: 0, height: 600, width: 800, wide: new Set(), viewed: null, about: {},
             playing: false, trouble: "" };
  },
  computed: {
    actions() {
      const named = this.group.kind === "named";
      return [
        { id: "name", key: "n", label: this.picked.size ? "Give another name" : named ? "Rename" : "Name",
          hint: this.picked.size ? "The selected tracks are somebody else" : "Give a name" },
        { id: "pin", key: "p", label: "Pin", hint: "This is right: keep it, whatever the clustering says", hide: !named },
        { id: "reject", key: "x", label: "Not in the cast", hint: "A person, but nobody of the cast" },
        { id: "object", key: "o", label: "Not a person", hint: "A poster, a hood, a false detection" },
        { id: "forget", key: "f", label: "Forget", hint: "Take back what was decided about it" },
      ].filter((a) => !a.hide);
    },
    perLine() {
      return Math.max(2, Math.floor((this.width - 24) / (FACE + 4)));
    },
    laidOut() {
      let y = 0;
      return this.group.tracks.map((t) => {
        const all = this.wide.has(t.id) || t.faces.length <= this.perLine;
        const shown = all ? t.faces : t.faces.slice(0, this.perLine - 1);
        const h = ROW_HEAD + ROW_PAD + Math.ceil((shown.length + (all ? 0 : 1)) / this.perLine) * (FACE + 4);
        const row = { ...t, shown, y, h };
        y += h;
        return row;
      });
    },
    total() {
      const last = this.laidOut[this.laidOut.length - 1];
      return last ? last.y + last.h : 0;
    },
    visible() {
      const low = this.top - SPARE_PX, high = this.top + this.height + SPARE_PX;
      return this.laidOut.filter((t) => t.y + t.h > low && t.y < high);
    },
    mine() {
      return this.group.tracks.map((t) => t.faces[t.faces.length - 1]).reverse();
    },
    firstSame() {
      return this.group.neighbours.findIndex((o) => o.near);
    },
  },
  watch: {
    group(now, before) {
      if (now?.id !== before?.id) {
        this.wide = new Set();
        this.focus = null;
        this.top = 0;
        this.viewed = null;
        this.pick(new Set());
        this.$nextTick(() => {
          if (this.$refs.scroll) this.$refs.scroll.scrollTop = 0;
          this.measure();
        });
      } else if (now) {
        const there = new Set(now.tracks.map((t) => t.id));
        this.pick(new Set([...this.picked].filter((id) => there.has(id))));
      }
    },
    viewed(n) {
      this.playing = false;
      this.trouble = "";
      this.about = {};
      if (n !== null) this.ask(n);
    },
  },
  mounted() {
    this.listener = (event) => this.key(event);
    document.addEventListener("keydown", this.listener);
    this.observer = new ResizeObserver(() => this.measure());
    this.measure();
  },
  unmounted() {
    document.removeEventListener("keydown", this.listener);
    this.observer.disconnect();
  },
  methods: {
    measure() {
      const box = this.$refs.scroll;
      if (!box) return;
      this.observer.observe(box);
      this.height = box.clientHeight;
      this.width = box.clientWidth;
    },
    unsure(t) {
      return Boolean(t.rival) || t.far;
    },
    pick(set) {
      this.picked = set;
      this.$emit("picked", [...set]);
    },
    clear() {
      this.pick(new Set());
    },
    toggle(id) {
      const set = new Set(this.picked);
      set.has(id) ? set.delete(id) : set.add(id);
      this.pick(set);
    },
    clicked(t, event) {
      if (event.shiftKey && this.focus) {
        const ids = this.group.tracks.map((each) => each.id);
        const [a, b] = [ids.indexOf(this.focus), ids.indexOf(t.id)].sort((x, y) => x - y);
        this.pick(new Set([...this.picked, ...ids.slice(a, b + 1)]));
      } else this.toggle(t.id);
      this.focus = t.id;
    },
    expand(id) {
      this.wide = new Set([...this.wide, id]);
    },
    drag(t, event) {
      const tracks = this.picked.has(t.id) ? [...this.picked] : [t.id];
      event.dataTransfer.setData("application/x-dramatis", JSON.stringify({ from: this.group.id, tracks }));
      event.dataTransfer.effectAllowed = "move";
    },
    look(n, play) {
      this.viewed = n;
      this.$nextTick(() => (this.playing = Boolean(play)));
    },
    async ask(n) {
      const answer = await fetch(this.aboutBase + n + ".json");
      if (answer.ok && this.viewed === n) this.about = await answer.json();
    },
    async failed() {
      const answer = await fetch(this.clipBase + this.viewed + ".mp4");
      this.trouble = answer.ok ? "This browser cannot play the clip." : await answer.text();
    },
    step(by) {
      const ids = this.group.tracks.map((t) => t.id);
      const at = ids.indexOf(this.focus);
      this.focus = ids[Math.min(Math.max(at < 0 ? 0 : at + by, 0), ids.length - 1)];
      const row = this.laidOut.find((t) => t.id === this.focus), box = this.$refs.scroll;
      if (row && row.y < box.scrollTop) box.scrollTop = row.y;
      else if (row && row.y + row.h > box.scrollTop + this.height) box.scrollTop = row.y + row.h - this.height;
    },
    key(event) {
      const tag = document.activeElement?.tagName;
      if (!this.group || tag === "INPUT" || tag === "TEXTAREA" || document.querySelector(".q-dialog")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.viewed !== null ? this.viewerKey(event.key) : this.listKey(event.key, event.shiftKey, tag)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    viewerKey(key) {
      const track = this.group.tracks.find((t) => t.faces.includes(this.viewed));
      const faces = track ? [...track.faces].sort((a, b) => a - b) : [];
      const at = faces.indexOf(this.viewed);
      if (key === "Escape" || key === "Enter") this.viewed = null;
      else if (key === "v") this.playing = !this.playing;
      else if (key === "ArrowRight" && at < faces.length - 1) this.viewed = faces[at + 1];
      else if (key === "ArrowLeft" && at > 0) this.viewed = faces[at - 1];
      else return false;
      return true;
    },
    listKey(key, shift, tag) {
      const track = this.group.tracks.find((t) => t.id === this.focus);
      if (key === "ArrowDown" || key === "ArrowUp") {
        if (shift && this.focus) this.pick(new Set([...this.picked, this.focus]));
        this.step(key === "ArrowDown" ? 1 : -1);
        if (shift) this.pick(new Set([...this.picked, this.focus]));
      } else if (key === " " && track) this.toggle(track.id);
      else if (key === "a") this.pick(new Set(this.group.tracks.map((t) => t.id)));
      else if (key === "Enter" && track && tag !== "BUTTON") this.look(track.faces[0]);
      else if (key === "v" && track && !track.still) this.look(track.faces[0], true);
      else if (key === "y" && this.firstSame >= 0) this.$emit("same", this.group.neighbours[this.firstSame].id);
      else if (key === "Escape") this.picked.size ? this.clear() : this.$emit("close");
      else return false;
      return true;
    },
  },
};
