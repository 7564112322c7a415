package io.destine.spark.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.Consumer;

/**
 * The frame of every page. A page refers to nothing external except other pages, runs no script, as
 * enforced by its content security policy, and is well-formed XML after its doctype.
 */
final class Page {
  static final String DOCTYPE = "<!DOCTYPE html>\n";

  private Page() {}

  /** A page with a title and a body. */
  static String of(String title, Consumer<Markup> body) {
    Markup page = new Markup();
    page.open("html", "lang", "en").open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "http-equiv", "Content-Security-Policy", "content", policy());
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.leaf("title", title);
    page.leaf("style", PageStyle.CSS).close();
    page.open("body").open("main");
    body.accept(page);
    page.close().close().close();
    return DOCTYPE + page;
  }

  /**
   * The policy: nothing may be loaded or run except the page's own style sheet, identified by its
   * digest.
   */
  static String policy() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(PageStyle.CSS.getBytes(StandardCharsets.UTF_8));
      String text = Base64.getEncoder().encodeToString(hash);
      return "default-src 'none'; style-src 'sha256-"
          + text
          + "'; base-uri 'none'; form-action 'none'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }
}
