/* <zone-field> around a field for a time zone: the phone's own zone, unless one is chosen already. */

class ZoneField extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector('select, input');
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!field || field.value || !zone) return;
    const known = field.options ? [...field.options].some(({ value }) => value === zone) : true;
    if (known) field.value = zone;
  }
}

customElements.define('zone-field', ZoneField);
