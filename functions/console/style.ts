import { COLOURS } from './palette.ts'

const colours = (theme: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([status, pair]) => `--${status}:${pair[theme]}`)
    .join(';')

const statuses = Object.keys(COLOURS)
  .map((status) => `.ledger .ledger-${status}{--own:var(--${status})}`)
  .join('')

/** The style of the widgets, in CloudWatch's light and dark theme. All names begin with `ledger`: a dashboard's styles are one. */
export const STYLE = `
.ledger{font:14px/1.45 "Amazon Ember","Helvetica Neue",Roboto,Arial,sans-serif;color:var(--text);padding:2px 2px 12px}
.ledger *{box-sizing:border-box}
.ledger-light{--ground:#fff;--text:#16191f;--faint:#545b64;--line:#d5dbdb;--raised:#f6f8f9;--accent:#0761b3;--good:#eaf6ed;--bad:#fdf0ee;--note:#eef5fc;--warn:#fff8e6;--ink:#2b3648;--hazard:#f2b01e;--stripe:#2b3648;${colours(0)}}
.ledger-dark{--ground:#161d26;--text:#e9ebed;--faint:#b3bcc6;--line:#414d5c;--raised:#222c38;--accent:#7cb9f2;--good:#17301f;--bad:#3a1f1d;--note:#1b2d40;--warn:#2f2710;--ink:#dfe4ea;--hazard:#f5b83d;--stripe:#161d26;${colours(1)}}
${statuses}
.ledger h3{font-size:18px;line-height:1.3;font-weight:700;margin:2px 0 2px;color:var(--text)}
.ledger h4{font-size:14px;font-weight:700;margin:14px 0 6px;color:var(--text)}
.ledger p{margin:0 0 8px;color:inherit}
.ledger .ledger-faint{color:var(--faint)}
.ledger .ledger-row{display:flex;flex-wrap:wrap;gap:8px;align-items:end;margin:0 0 10px}
.ledger .ledger-row>label{display:flex;flex-direction:column;gap:3px;font-size:12px;color:var(--faint);margin:0}
.ledger .ledger-row>label.ledger-wide{flex:1 1 200px}
.ledger input,.ledger select{font:inherit;color:var(--text);background:var(--ground);border:1px solid var(--faint);border-radius:6px;padding:5px 9px;height:33px;width:100%;min-width:90px}
.ledger .ledger-button{font:inherit;font-weight:700;color:var(--accent);background:var(--ground);border:2px solid var(--accent);border-radius:16px;padding:2px 13px;min-height:28px;cursor:pointer;white-space:nowrap;text-decoration:none;display:inline-block}
.ledger .ledger-small .ledger-button,.ledger td .ledger-button{font-size:12px;line-height:1.3;border-width:1px;border-radius:13px;padding:2px 10px;min-height:25px}
.ledger td .ledger-row{flex-wrap:nowrap;gap:6px;margin:0}
.ledger td.ledger-text .ledger-row{margin-top:5px}
.ledger .ledger-button:hover{background:var(--raised)}
.ledger .ledger-button:focus-visible,.ledger input:focus-visible,.ledger select:focus-visible,.ledger [tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.ledger .ledger-notice{border-radius:8px;padding:8px 12px;margin:0 0 10px;border:1px solid var(--line);overflow-wrap:anywhere}
.ledger .ledger-done{background:var(--good);border-color:var(--delivered)}
.ledger .ledger-wrong{background:var(--bad);border-color:var(--failed)}
.ledger .ledger-note{background:var(--note);border-color:var(--sent)}
.ledger .ledger-scroll{overflow:auto;max-width:100%}
.ledger table{border-collapse:collapse;width:100%;margin:0;background:none}
.ledger th{font-size:12px;text-align:left;font-weight:700;color:var(--faint);border:0;border-bottom:2px solid var(--line);padding:5px 10px 5px 0;white-space:nowrap;background:none}
.ledger td{border:0;border-bottom:1px solid var(--line);padding:6px 10px 6px 0;vertical-align:top;color:var(--text);background:none}
.ledger td.ledger-fill{width:100%}
.ledger .ledger-dense td,.ledger .ledger-dense th[scope=row]{padding-top:2px;padding-bottom:2px}
.ledger .ledger-dense th:nth-child(n+3){width:40%}
.ledger .ledger-dense th:nth-child(3):last-child{width:62%}
.ledger td.ledger-text{overflow-wrap:anywhere;min-width:120px}
.ledger td.ledger-fixed,.ledger .ledger-fixed{white-space:nowrap;font-variant-numeric:tabular-nums}
.ledger th[scope=row]{font-size:14px;color:var(--text);border-bottom:1px solid var(--line);vertical-align:top}
.ledger td .ledger-faint{font-size:12px}
.ledger td.ledger-number,.ledger th.ledger-number{text-align:right}
.ledger .ledger-status{display:inline-flex;align-items:baseline;gap:6px;white-space:nowrap;font-weight:700;color:var(--text)}
.ledger .ledger-dot{flex:none;width:10px;height:10px;background:var(--own)}
.ledger .ledger-dot.ledger-disk,.ledger .ledger-dot.ledger-circle{border-radius:50%}
.ledger .ledger-dot.ledger-circle{background:none;border:2.5px solid var(--own)}
.ledger .ledger-dot.ledger-square{border-radius:2px}
.ledger .ledger-dot.ledger-diamond{transform:rotate(45deg);border-radius:1px;width:9px;height:9px}
.ledger code,.ledger pre{font:12px/1.5 Menlo,Consolas,monospace;color:var(--text);background:var(--raised);border-radius:6px}
.ledger code{padding:1px 5px;overflow-wrap:anywhere}
.ledger pre{padding:10px 12px;margin:0 0 8px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:360px;overflow:auto;border:1px solid var(--line)}
.ledger dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 14px;margin:0 0 10px}
.ledger dt{color:var(--faint);font-weight:400}
.ledger dd{margin:0;overflow-wrap:anywhere}
.ledger svg{display:block;max-width:100%;height:auto;margin:6px 0 10px;font:12px "Amazon Ember","Helvetica Neue",Roboto,Arial,sans-serif}
.ledger svg text{fill:var(--text);paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}
.ledger svg .ledger-tick{fill:var(--faint);font-size:11px}
.ledger svg .ledger-lane{font-weight:700}
.ledger svg .ledger-grid{stroke:var(--line);stroke-width:1}
.ledger svg .ledger-rail{stroke:var(--line);stroke-width:2}
.ledger svg .ledger-gap{stroke:var(--faint);stroke-width:1.5;stroke-dasharray:2 3}
.ledger svg .ledger-received{stroke:var(--faint);stroke-width:2}
.ledger svg .ledger-mark{fill:var(--own);stroke:var(--own);stroke-width:2}
.ledger svg .ledger-mark.ledger-circle{fill:var(--ground);stroke-width:2.5}
.ledger svg .ledger-halo{fill:none;stroke:var(--own);stroke-width:2;opacity:.45}
.ledger svg .ledger-final{font-weight:700}
.ledger .ledger-bar{display:flex;height:14px;border-radius:4px;overflow:hidden;background:var(--raised);gap:1px;min-width:60px;margin-top:3px}
.ledger .ledger-bar>i{display:block;background:var(--own);min-width:2px}
.ledger i.ledger-recorded{background:var(--ink)}
.ledger i.ledger-duplicate{background:repeating-linear-gradient(135deg,var(--ink) 0 2px,var(--ground) 2px 5px)}
.ledger i.ledger-ignored{background:var(--ground);box-shadow:inset 0 0 0 1.5px var(--faint)}
.ledger i.ledger-quarantined{background:repeating-linear-gradient(135deg,var(--hazard) 0 5px,var(--stripe) 5px 8px)}
.ledger .ledger-swatch{display:inline-block;width:14px;height:8px;border-radius:2px;margin-right:5px}
.ledger .ledger-counts{display:flex;flex-wrap:wrap;gap:0 12px}
.ledger .ledger-legend .ledger-status{font-weight:400}
.ledger .ledger-id{user-select:all;cursor:text;font-size:13px}
.ledger .ledger-dot.ledger-hole{border-radius:50%;background:none;border:2px dotted var(--own)}
.ledger .ledger-told{margin:0;padding:0;list-style:none}
.ledger .ledger-late{font-size:12px;font-weight:700;color:var(--text);background:var(--warn);border:1px solid var(--hazard);border-radius:9px;padding:0 7px;white-space:nowrap}
.ledger h4 .ledger-faint{font-weight:400}
.ledger .ledger-between{display:flex;flex-wrap:wrap;gap:0 8px;justify-content:space-between}
.ledger .ledger-scroll+.ledger-row,.ledger .ledger-scroll+p{margin-top:8px}
.ledger .ledger-deliveries code{background:none;padding:0}
.ledger .ledger-deliveries .ledger-text{max-width:0}
.ledger .ledger-deliveries .ledger-id,.ledger .ledger-deliveries .ledger-cut{display:inline-block;max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom}
.ledger .ledger-deliveries .ledger-stands{min-width:148px;white-space:nowrap}
.ledger .ledger-deliveries .ledger-who{min-width:116px;max-width:150px;overflow-wrap:break-word}
.ledger .ledger-deliveries td:last-child{padding-right:0}
.ledger>h4:first-child{margin-top:2px}
.ledger .ledger-deliveries tr:first-child td{border-top:2px solid var(--line)}
.ledger .ledger-figures{display:flex;gap:28px;margin:2px 0 12px}
.ledger .ledger-figures dt{font-size:12px}
.ledger .ledger-figures dd{font-size:24px;line-height:1.2;font-weight:700;font-variant-numeric:tabular-nums}
.ledger .ledger-figures dd.ledger-is-late{color:var(--expired)}
.ledger .ledger-figures dd.ledger-faint{font-size:12px;line-height:1.4;font-weight:400}
.ledger .ledger-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ledger .ledger-warning{background:var(--warn);border-color:var(--hazard)}
.ledger .ledger-warning h4{margin:0}
.ledger .ledger-warning .ledger-row{margin:0 0 2px;align-items:center;justify-content:space-between}
.ledger .ledger-warning td{padding:1px 10px 1px 0;border-bottom:0}
.ledger .ledger-legend{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:12px;color:var(--text);margin:4px 0 8px;padding:0;list-style:none}
`.replaceAll('\n', '')
