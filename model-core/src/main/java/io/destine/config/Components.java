package io.destine.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads and builds records by the names of their components and their {@link Meaning}. */
public final class Components {
  /** Placeholder for a string that must be given. */
  public static final String MISSING = "?";

  private Components() {}

  /** The key of a component, such as {@code batch-size} of {@code batchSize}. */
  public static String key(RecordComponent component) {
    Meaning meaning = component.getAnnotation(Meaning.class);
    return meaning == null || meaning.key().isEmpty()
        ? component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
        : meaning.key();
  }

  /** The default value of a component; a flag without a preset is false. */
  public static Object preset(RecordComponent component) {
    Class<?> type = component.getType();
    Meaning meaning = component.getAnnotation(Meaning.class);
    if (type.isRecord()) {
      return defaults(type.asSubclass(Record.class));
    } else if (type == Optional.class) {
      return Optional.empty();
    } else if (type == List.class) {
      return list(component.getGenericType(), meaning.preset());
    } else if (type == Map.class) {
      return Map.of();
    }
    return meaning.required().isEmpty() ? parse(type, meaning.preset()) : MISSING;
  }

  /** The list written in a preset, such as {@code [128, 64]}; "" for the empty one. */
  private static List<?> list(Type type, String preset) {
    String elements = preset.replaceAll("[\\[\\] ]", "");
    if (elements.isEmpty()) {
      return List.of();
    }
    Class<?> of = (Class<?>) ((ParameterizedType) type).getActualTypeArguments()[0];
    return Arrays.stream(elements.split(",")).map(element -> parse(of, element)).toList();
  }

  /**
   * Parses a configuration's text as a value of a type.
   *
   * @throws IllegalArgumentException when the text is not such a value, except for a boolean: any
   *     text but {@code true} is false
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public static Object parse(Class<?> type, String text) {
    if (type == int.class || type == Integer.class) {
      return Integer.valueOf(text);
    } else if (type == long.class) {
      return Long.valueOf(text);
    } else if (type == double.class || type == Double.class) {
      return Double.valueOf(text);
    } else if (type == boolean.class) {
      return Boolean.valueOf(text);
    } else if (type.isEnum()) {
      String name = text.toUpperCase(Locale.ROOT).replace('-', '_');
      return Enum.valueOf((Class<Enum>) type, name);
    }
    return text;
  }

  /** The record of all defaults. */
  public static <R extends Record> R defaults(Class<R> type) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      values.put(component.getName(), preset(component));
    }
    return of(type, values);
  }

  /** The value of a component. */
  public static Object value(Record record, RecordComponent component) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " must be accessible", e);
    }
  }

  /** The values of a record by the names of its components. */
  public static Map<String, Object> values(Record record) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      values.put(component.getName(), value(record, component));
    }
    return values;
  }

  /**
   * The record of values by the names of its components.
   *
   * @throws IllegalArgumentException when the record refuses a value
   */
  public static <R extends Record> R of(Class<R> type, Map<String, Object> values) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] arguments = Arrays.stream(components).map(c -> values.get(c.getName())).toArray();
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(type + " must be a record", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " must be a record", e);
    }
  }

  /**
   * The same record with another value of a component.
   *
   * @param name of the component
   */
  @SuppressWarnings("unchecked")
  public static <R extends Record> R with(R record, String name, Object value) {
    Map<String, Object> values = values(record);
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException(
          "name must be a component of " + record.getClass() + ", got " + name);
    }
    values.put(name, value);
    return of((Class<R>) record.getClass(), values);
  }
}
