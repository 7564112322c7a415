package io.destine.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a component of a record a setting. Its key is the component's name in kebab case, its type
 * that of the component; a record is a section of keys. The keys of a component of a record type
 * without this annotation belong to the enclosing section.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Meaning {
  /** The effect of the setting, in a phrase. */
  String value();

  /** The key, if it is not the component's name. */
  String key() default "";

  /**
   * The default, as written in a configuration; for an optional value, the word for its absence.
   */
  String preset() default "";

  /** For a string that must be given, its description. */
  String required() default "";
}
