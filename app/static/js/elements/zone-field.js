/* <zone-field> around a field for a time zone: the phone's own zone, unless the person has chosen (data-chosen). */

class ZoneField extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector('select, input');
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!field || !zone || 'chosen' in this.dataset) return;
    const known = field.options ? [...field.options].some(({ value }) => value === zone) : true;
    if (known) field.value = zone;
  }
}

customElements.define('zone-field', ZoneField);
