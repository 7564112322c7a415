package io.destine.spark.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A page or a part of one as its tree of elements.
 *
 * @param document the tree
 */
record ReadPage(Document document) {

  /** Reads a page; fails unless it is well-formed XML after its doctype. */
  static ReadPage of(String page) {
    String doctype = "<!DOCTYPE html>\n";
    String xml = page.startsWith(doctype) ? page.substring(doctype.length()) : page;
    try {
      InputSource source = new InputSource(new StringReader(xml));
      return new ReadPage(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(source));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError("page: must be well-formed, got " + e.getMessage(), e);
    }
  }

  /** The elements that an XPath expression selects. */
  List<Element> all(String path) {
    try {
      NodeList found =
          (NodeList)
              XPathFactory.newInstance()
                  .newXPath()
                  .evaluate(path, document, XPathConstants.NODESET);
      List<Element> elements = new ArrayList<>();
      for (int i = 0; i < found.getLength(); i++) {
        elements.add((Element) found.item(i));
      }
      return elements;
    } catch (XPathExpressionException e) {
      throw new AssertionError(path, e);
    }
  }

  /** Their texts. */
  List<String> texts(String path) {
    return all(path).stream().map(Element::getTextContent).toList();
  }

  /** The values of one of their attributes. */
  List<String> attributes(String path, String name) {
    return all(path).stream().map(element -> element.getAttribute(name)).toList();
  }

  /** The cells of the table row of a section whose name starts with a text. */
  List<String> row(String section, String name) {
    return texts("//section[h2='" + section + "']//tr[starts-with(th,'" + name + "')]/td");
  }
}
