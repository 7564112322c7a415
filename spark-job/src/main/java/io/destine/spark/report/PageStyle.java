package io.destine.spark.report;

/**
 * The style sheet of all pages. Blue and orange can be distinguished with every common form of
 * colour blindness. It contains none of the characters that {@link Markup} escapes, because
 * browsers do not unescape style elements.
 */
final class PageStyle {
  static final String CSS =
      """
      :root {
        color-scheme: light dark;
        --paper: #ffffff; --panel: #f5f7f9; --ink: #1c2228; --muted: #56606b; --rule: #d9dfe5;
        --first: #0067a3; --second: #b34700; --bad: #b34700; --good: #0067a3; --failed: #8f1d3f;
        --on: #ffffff;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --paper: #12171c; --panel: #1b2229; --ink: #e7ebef; --muted: #a0abb6; --rule: #313a44;
          --first: #6cb6ec; --second: #f0a35a; --bad: #f0a35a; --good: #6cb6ec; --failed: #f58fa8;
          --on: #12171c;
        }
      }
      @media print {
        :root {
          --paper: #ffffff; --panel: #ffffff; --ink: #000000; --muted: #444444; --rule: #bbbbbb;
          --first: #0067a3; --second: #b34700; --bad: #b34700; --good: #0067a3; --failed: #8f1d3f;
          --on: #ffffff;
        }
        * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        figure, tr, .tiles, .facts { break-inside: avoid; }
        h2, h3, .note { break-after: avoid; }
        main { padding: 0; max-width: none; }
      }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--paper); color: var(--ink);
        font: 15px/1.5 system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Liberation Sans,
        DejaVu Sans, sans-serif; overflow-wrap: anywhere; }
      main { max-width: 1000px; margin: 0 auto; padding: 28px 20px 48px; }
      header { border-bottom: 1px solid var(--rule); padding-bottom: 20px; }
      h1 { font-size: 26px; line-height: 1.3; margin: 4px 0 10px; font-weight: 650; }
      h2 { font-size: 19px; margin: 34px 0 6px; font-weight: 650; }
      h3 { font-size: 15px; margin: 0 0 6px; font-weight: 650; }
      p { margin: 6px 0; }
      .over, .note, small, dt { color: var(--muted); }
      .over { margin: 0; }
      .badge { display: inline-block; font-size: 16px; padding: 2px 12px; border-radius: 4px;
        margin-right: 6px; vertical-align: 3px; color: var(--on); background: var(--good); }
      .badge.refused { background: var(--bad); }
      .badge.failed { background: var(--failed); }
      .reasons { margin: 8px 0; padding-left: 20px; }
      .error { white-space: pre-wrap; font-size: 13px; padding: 10px 12px; margin: 12px 0;
        background: var(--panel); border-left: 3px solid var(--failed); }
      .warning { border-left: 3px solid var(--bad); padding-left: 10px; }
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
        gap: 12px; margin: 18px 0 0; }
      .tiles div { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px;
        padding: 10px 12px; }
      .tiles dt { font-size: 12.5px; }
      .tiles dd { margin: 0; font-size: 23px; font-weight: 600; line-height: 1.3; }
      .tiles small { display: block; font-size: 13px; font-weight: 400; }
      dd, td, th { font-variant-numeric: tabular-nums; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 6px 0 10px;
        overflow-wrap: normal; }
      th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule);
        vertical-align: baseline; font-weight: 400; }
      thead th { color: var(--muted); font-size: 13px; vertical-align: bottom; }
      th:last-child, td:last-child { padding-right: 0; }
      .number { text-align: right; white-space: nowrap; }
      thead .number { white-space: normal; }
      tbody th { font-weight: 550; }
      tbody th small { display: block; font-weight: 400; font-size: 12.5px; line-height: 1.35; }
      .better { color: var(--good); font-weight: 600; white-space: nowrap; }
      .worse { color: var(--bad); font-weight: 600; white-space: nowrap; }
      .missed { background: var(--panel); }
      .missed th { box-shadow: inset 3px 0 var(--bad); padding-left: 10px; }
      .total th, .total td { font-weight: 650; }
      .bar { width: 124px; }
      .bar svg { display: block; }
      .single { max-width: 560px; }
      td small { display: block; font-size: 12.5px; white-space: nowrap; }
      .todo { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px;
        padding: 2px 16px 6px; margin-top: 20px; }
      .todo h2 { font-size: 16px; margin: 8px 0 2px; }
      .todo ul { margin: 4px 0; padding-left: 18px; }
      .result { font-weight: 600; }
      .result.promoted { color: var(--good); }
      .result.refused { color: var(--bad); }
      .result.failed { color: var(--failed); }
      .live { background: var(--panel); }
      .live th { box-shadow: inset 3px 0 var(--good); padding-left: 10px; }
      .quiet { color: var(--muted); white-space: nowrap; }
      details { margin: 6px 0; }
      summary { cursor: pointer; color: var(--muted); padding: 4px 0; }
      a { color: var(--first); }
      th a { white-space: nowrap; }
      nav { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 14px; margin-bottom: 14px; }
      .charts, .pair, .wide-pair { display: grid; gap: 18px 36px; align-items: start;
        grid-template-columns: minmax(0, 1fr); }
      @media (min-width: 760px), print {
        .charts, .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
      }
      @media screen and (min-width: 940px) {
        .wide-pair { grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
      }
      figure { margin: 6px 0; max-width: 480px; }
      figcaption { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center;
        font-size: 14px; margin-bottom: 4px; }
      figure .note { font-size: 13px; }
      figcaption strong { font-weight: 650; }
      .key { display: inline-flex; align-items: center; gap: 5px; color: var(--muted);
        font-size: 13px; }
      figure svg { display: block; }
      figure svg[role] { width: 100%; height: auto; }
      figure.map { max-width: none; margin-bottom: 18px; }
      figure.map svg[role] { width: auto; max-width: 100%; }
      svg text { fill: var(--muted); font-size: 11px; font-variant-numeric: tabular-nums; }
      .end { text-anchor: end; }
      .middle { text-anchor: middle; }
      .grid { stroke: var(--rule); stroke-width: 1; }
      .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .line.first { stroke: var(--first); }
      .line.second { stroke: var(--second); stroke-dasharray: 6 3; }
      .line.bound { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 2 3; }
      .line.thin { stroke-width: 1.2; }
      .dot { stroke: var(--paper); stroke-width: 1; }
      .dot.first, .fill { fill: var(--first); }
      .dot.second, .fill.below { fill: var(--second); }
      .cross { stroke: var(--ink); stroke-width: 2.2; fill: none; }
      .reference { stroke: var(--ink); stroke-width: 2; }
      .facts { display: grid; grid-template-columns: minmax(110px, auto) 1fr; gap: 4px 18px;
        margin: 6px 0; font-size: 14px; }
      .facts dd { margin: 0; }
      @media print {
        .scroll { overflow: visible; }
        .wide-pair figure { max-width: 380px; }
      }
      @media (max-width: 520px) {
        body { font-size: 14px; }
        main { padding: 18px 14px 36px; }
        h1 { font-size: 22px; }
        table { font-size: 13px; }
        th, td { padding-right: 8px; }
        thead th { font-size: 12px; }
        .wide { display: none; }
        .tiles { grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 8px; }
        .tiles dd { font-size: 21px; }
        .facts { grid-template-columns: 1fr; gap: 0; }
        .facts dd { margin-bottom: 8px; }
      }
      """;

  private PageStyle() {}
}
