package io.destine.spark.encode;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;

/**
 * Reads the rows of a logical partition from Parquet straight into the arrays of a batch, no object
 * per row or number.
 */
final class EncodedRowReader {
  private EncodedRowReader() {}

  /**
   * The rows of a logical partition in order of their positions.
   *
   * @throws IllegalArgumentException when a position is out of order
   */
  static EncodedBatch read(
      Configuration hadoop, Iterable<Path> files, FieldLayout layout, int partition) {
    BatchBuilder builder = new BatchBuilder(layout);
    for (Path file : files) {
      try (ParquetReader<Integer> reader =
          ParquetReader.builder(new RowReadSupport(builder), file).withConf(hadoop).build()) {
        for (Integer position = reader.read(); position != null; position = reader.read()) {
          if (position != builder.rows() - 1) {
            throw new IllegalArgumentException(
                file + ": next position must be " + (builder.rows() - 1) + ", got " + position);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
      }
    }
    return builder.build(partition);
  }

  private static final class RowReadSupport extends ReadSupport<Integer> {
    private final BatchBuilder builder;

    RowReadSupport(BatchBuilder builder) {
      this.builder = builder;
    }

    @Override
    public ReadContext init(InitContext context) {
      return new ReadContext(context.getFileSchema());
    }

    @Override
    public RecordMaterializer<Integer> prepareForRead(
        Configuration configuration,
        Map<String, String> metadata,
        MessageType fileSchema,
        ReadContext context) {
      return new RowMaterializer(new RowConverter(builder, fileSchema));
    }
  }

  private static final class RowMaterializer extends RecordMaterializer<Integer> {
    private final RowConverter root;

    RowMaterializer(RowConverter root) {
      this.root = root;
    }

    @Override
    public Integer getCurrentRecord() {
      return root.position;
    }

    @Override
    public GroupConverter getRootConverter() {
      return root;
    }
  }

  private static final class RowConverter extends GroupConverter {
    private final BatchBuilder builder;
    private final Converter[] columns;
    private int position;
    private float label;
    private float weight;
    private long group;

    RowConverter(BatchBuilder builder, GroupType schema) {
      this.builder = builder;
      columns = new Converter[schema.getFieldCount()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] =
            switch (schema.getFieldName(i)) {
              case "position" -> Numbers.ofInts(value -> position = value);
              case "ids" -> ListConverter.of(Numbers.ofInts(builder::id));
              case "multi" ->
                  ListConverter.of(
                      new ListConverter(Numbers.ofInts(builder::multiId), builder::endList));
              case "dense" -> ListConverter.of(Numbers.ofFloats(builder::number));
              case "label" -> Numbers.ofFloats(value -> label = value);
              case "weight" -> Numbers.ofFloats(value -> weight = value);
              case "group" -> Numbers.ofLongs(value -> group = value);
              default ->
                  throw new IllegalArgumentException(
                      "column must be one of an encoded data set, got " + schema.getFieldName(i));
            };
      }
    }

    @Override
    public Converter getConverter(int index) {
      return columns[index];
    }

    @Override
    public void start() {}

    @Override
    public void end() {
      builder.endRow(label, weight, group);
    }
  }

  /** A Parquet list: a group with one repeated group with one element. */
  private static final class ListConverter extends GroupConverter {
    private final Converter inner;
    private final Runnable atEnd;

    ListConverter(Converter element, Runnable atEnd) {
      inner = new Wrapper(element);
      this.atEnd = atEnd;
    }

    static ListConverter of(Converter element) {
      return new ListConverter(element, () -> {});
    }

    @Override
    public Converter getConverter(int index) {
      return inner;
    }

    @Override
    public void start() {}

    @Override
    public void end() {
      atEnd.run();
    }
  }

  private static final class Wrapper extends GroupConverter {
    private final Converter element;

    Wrapper(Converter element) {
      this.element = element;
    }

    @Override
    public Converter getConverter(int index) {
      return element;
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  /** Hands primitive numbers on. */
  private static final class Numbers {
    private Numbers() {}

    interface IntSink {
      void accept(int value);
    }

    interface FloatSink {
      void accept(float value);
    }

    interface LongSink {
      void accept(long value);
    }

    static PrimitiveConverter ofInts(IntSink sink) {
      return new PrimitiveConverter() {
        @Override
        public void addInt(int value) {
          sink.accept(value);
        }
      };
    }

    static PrimitiveConverter ofFloats(FloatSink sink) {
      return new PrimitiveConverter() {
        @Override
        public void addFloat(float value) {
          sink.accept(value);
        }
      };
    }

    static PrimitiveConverter ofLongs(LongSink sink) {
      return new PrimitiveConverter() {
        @Override
        public void addLong(long value) {
          sink.accept(value);
        }
      };
    }
  }
}
