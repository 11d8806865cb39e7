import { themeRules, themeVariables } from '../chart/palette.ts';

/**
 * The look of every page: the charts' colours and a few of its own. Nothing here is needed to read the
 * page; every shape has its light colours as attributes for those who forbid style sheets.
 */
const light = `color-scheme:light;--page:#f5f6f8;--card:#ffffff;--edge:#e1e5ea;--link:#0b57b0;--good:#0a6238;--bad:#b3261e;--warn:#7a4b00;--good-wash:#e6f4ec;--bad-wash:#fdeceb;--warn-wash:#fff4dc;${themeVariables('light')}`;
const dark = `color-scheme:dark;--page:#0d1014;--card:#14181d;--edge:#2a313a;--link:#7ab8ff;--good:#4fe0a0;--bad:#ff8f86;--warn:#f3c55b;--good-wash:#10291f;--bad-wash:#33191a;--warn-wash:#2e2612;${themeVariables('dark')}`;

const themes = `
:root{${light}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}
@media screen{:root[data-theme=dark]{${dark}}}
${themeRules()}
`;

const frame = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:76rem;background:var(--page);color:var(--c-ink);font:400 1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
main:focus{outline:none}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;z-index:9;padding:.5rem 1rem;background:var(--card)}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
code{overflow-wrap:anywhere}
p{margin:.75rem 0;max-width:68ch;overflow-wrap:anywhere}
h1,h2,h3{line-height:1.2;letter-spacing:-.015em;text-wrap:balance;overflow-wrap:anywhere}
h1{margin:.25rem 0 1rem;font-size:clamp(1.9rem,5vw,2.75rem);font-weight:680}
h2{margin:0 0 1.25rem;font-size:1.375rem;font-weight:650}
h3{margin:2.25rem 0 .5rem;font-size:1.0625rem;font-weight:650}
h2+h3{margin-top:0}
.soft,.caption,small{color:var(--c-muted)}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.good,.bad,.warn{font-weight:600}
.masthead{position:relative;margin-bottom:2rem}
.kicker{margin:0;color:var(--c-muted);font-size:.875rem}
.theme{position:absolute;top:0;right:0;color:var(--c-muted);font-size:.875rem;background:var(--page)}
select{margin-left:.35rem;padding:.2rem .4rem;font:inherit;color:var(--c-ink);background:var(--card);border:1px solid var(--c-axis);border-radius:6px}
.contents ol{margin:0;padding:0;list-style:none;font-size:.875rem;line-height:1.35}
.contents a{display:block;padding:.35rem .75rem;color:var(--c-muted);text-decoration:none;border-left:2px solid var(--edge)}
.contents a:hover{color:var(--c-ink);border-color:var(--link)}
section{margin:0 0 1.25rem;padding:1.75rem 2rem 2rem;background:var(--card);border:1px solid var(--edge);border-radius:12px}
section>:last-child,figure>:last-child{margin-bottom:0}
footer{color:var(--c-muted);font-size:.875rem;overflow-wrap:anywhere}
@media (min-width:68rem){
tbody th.prose{width:36%}
body{display:grid;grid-template-columns:12.5rem minmax(0,1fr);column-gap:2rem}
.masthead,.skip,footer{grid-column:1/-1}
.contents{position:sticky;top:1.5rem;align-self:start;max-height:calc(100vh - 3rem);overflow-y:auto;padding-top:.25rem}
}
@media (max-width:67.99rem){
.contents{margin-bottom:1.5rem}
.contents ol{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
.contents a{padding:.25rem 0;border:0;text-decoration:underline;text-underline-offset:.2em}
}
@media (max-width:34.99rem){
body{padding:1.25rem .75rem 2rem}
section{padding:1.25rem 1rem;border-radius:10px}
.theme{position:static;display:block;margin-top:1rem}
}
`;

const verdicts = `
.verdict{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .9rem;margin:0 0 1.5rem;max-width:none;font-size:1.0625rem}
.badge{display:inline-flex;align-items:center;gap:.5rem;padding:.3rem .95rem .3rem .7rem;border-radius:99px;font-weight:650;border:1px solid currentColor}
.badge.good{background:var(--good-wash)}.badge.bad{background:var(--bad-wash)}.badge.warn{background:var(--warn-wash)}
.figures{display:flex;flex-wrap:wrap;gap:1px;margin:0 0 1.25rem;background:var(--edge);border:1px solid var(--edge);border-radius:12px;overflow:hidden}
.figures div{flex:1 0 9.25rem;padding:1rem 1.15rem;background:var(--card)}
.figures dt{color:var(--c-muted);font-size:.8125rem}
.figures dd{margin:.1rem 0 0;font-size:1.5rem;font-weight:620;letter-spacing:-.02em;line-height:1.25}
.figures small{display:block;font-size:.8125rem;font-weight:400;letter-spacing:0}
.facts{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;margin:0;font-size:.875rem}
.facts div{display:flex;gap:.4rem;min-width:0}
.facts dt{color:var(--c-muted)}
.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
.banner{margin:0 0 1.25rem;padding:.9rem 1.15rem;border:1px solid currentColor;border-left-width:6px;border-radius:10px}
.banner.bad{background:var(--bad-wash)}.banner.warn{background:var(--warn-wash)}
.banner p,.banner ul{margin:.25rem 0;font-weight:400;color:var(--c-ink)}
.banner p.lead{font-weight:650;color:inherit}
`;

const tables = `
.scroll{overflow-x:auto;margin:1rem 0}
table{width:100%;border-collapse:collapse;font-size:.875rem;line-height:1.4}
th,td{padding:.5rem 1.1rem .5rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--edge)}
th:last-child,td:last-child{padding-right:0}
thead th{padding-top:0;color:var(--c-muted);font-weight:500;white-space:nowrap;border-color:var(--c-axis)}
tbody th{font-weight:500}
tbody tr:last-child>*{border-bottom:0}
td,.figure{text-align:right;white-space:nowrap}
.name,tbody th{text-align:left;white-space:nowrap}
td.prose,th.prose{min-width:6rem;text-align:left;white-space:normal}
th code{overflow-wrap:break-word}
.bar{display:block;margin-top:.15rem}
details{margin:1rem 0 0}
summary{display:inline-block;cursor:pointer;color:var(--c-muted);font-size:.875rem}
summary::before{content:"▸";display:inline-block;width:1.1em}
details[open]>summary::before{content:"▾"}
summary::-webkit-details-marker{display:none}
summary:hover{color:var(--c-ink)}
pre{margin:1rem 0 0;padding:1rem;overflow-x:auto;line-height:1.5;background:var(--c-shade);border-radius:8px}
.notes{margin:.75rem 0;padding-left:1.15rem}
.notes li{margin:.2rem 0;max-width:68ch;overflow-wrap:anywhere}
.events{margin:0;padding:0;list-style:none}
.events li{display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:0 1rem;padding:.4rem 0;border-bottom:1px solid var(--edge);overflow-wrap:anywhere}
.events li:last-child{border:0}
.events time{color:var(--c-muted);text-align:right}
`;

const charts = `
figure{margin:1.25rem 0 2.25rem}
figcaption{font-weight:600}
.caption{margin:.35rem 0;font-size:.875rem}
figure th,figure td{padding-top:.25rem;padding-bottom:.25rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem .5rem;margin:.5rem 0 .75rem;padding:0;list-style:none;font-size:.8125rem}
.legend li,.legend button{display:inline-flex;align-items:center;gap:.4rem}
.legend li{padding-right:.5rem}
.legend svg{flex:none}
.legend button{padding:.2rem .6rem;font:inherit;color:inherit;background:none;border:1px solid var(--edge);border-radius:99px;cursor:pointer}
.legend li:has(button){padding:0}
.legend button:hover{border-color:var(--c-axis)}
.legend button[aria-pressed=false]{color:var(--c-muted);text-decoration:line-through}
.legend button[aria-pressed=false] svg{opacity:.3}
.off{display:none}
.plot{position:relative}
.plot svg{display:block;width:100%;height:auto}
.plot text{font-family:inherit;font-variant-numeric:tabular-nums}
.probe{position:absolute;cursor:crosshair;touch-action:pan-y}
.hair{position:absolute;top:0;bottom:0;width:0;margin-left:-.5px;border-left:1px solid var(--c-ink);pointer-events:none}
output{display:block;min-height:1.5em;margin-top:.35rem;color:var(--c-muted);font-size:.8125rem;overflow-wrap:anywhere}
@media (max-width:559.98px){.wide{display:none}.narrow[hidden]{display:block}}
`;

const paper = `
@media print{
body{display:block;max-width:none;padding:0;font-size:10pt;background:none}
.skip,.contents,.theme,.probe,output{display:none!important}
section{padding:0;border:0;background:none}
section,figure{break-inside:auto}
h2,h3,figcaption{break-after:avoid}
.plot,tr,.figures,.events li{break-inside:avoid}
.scroll,pre{overflow:visible}
table{font-size:8pt}
th,td{padding-right:.5rem}
thead th.figure,thead th.name,tbody th,td.name{white-space:normal}
tbody th,td.name,td.prose{overflow-wrap:anywhere}
pre{white-space:pre-wrap}
details::details-content{content-visibility:visible;block-size:auto;display:block}
summary::before{content:none!important}
.legend button{padding:0;border:0}
a{color:inherit;text-decoration:none}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`;

export const styleSheet = [themes, frame, verdicts, tables, charts, paper].join('');
