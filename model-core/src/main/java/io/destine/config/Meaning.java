package io.destine.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a component of a record a setting. Its key is the component's name in kebab case, its type
 * that of the component; a record is a section of keys. A component of a record type without this
 * annotation has its keys beside the others.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Meaning {
  /** The effect of the setting, in a phrase. */
  String value();

  /** The key, where it is not the component's name. */
  String key() default "";

  /** The default, as a configuration spells it; of an optional value, what takes its place. */
  String preset() default "";

  /** Of a text that must be given, what to give. */
  String required() default "";
}
