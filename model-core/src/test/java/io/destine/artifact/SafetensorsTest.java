package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @Test
  void theFileIsLaidOutAsTheFormatSays() throws IOException {
    double[] values = {1.5, -2, 0.25, 3};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        out,
        List.of(
            ArrayTensor.ofDoubles("b", DataType.F32, List.of(1L, 3L), values, 1),
            ArrayTensor.ofDoubles("a", DataType.F32, List.of(1L), values, 0),
            ArrayTensor.ofDoubles("wide", DataType.F64, List.of(2L), values, 2),
            new ArrayTensor("count", DataType.I64, List.of(), new long[] {-7}, 0)),
        Map.of("who", "test"));
    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = (int) bytes.getLong(0);
    assertThat(headerLength % 8).isZero();
    String text = new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8);
    assertThat(text).startsWith("{").matches("(?s).*\\} *");
    JsonNode header = new ObjectMapper().readTree(text);
    assertThat(header.get("__metadata__").get("who").asText()).isEqualTo("test");
    assertThat(header.get("count").toString())
        .isEqualTo("{\"data_offsets\":[0,8],\"dtype\":\"I64\",\"shape\":[]}");
    assertThat(header.get("wide").toString())
        .isEqualTo("{\"data_offsets\":[8,24],\"dtype\":\"F64\",\"shape\":[2]}");
    assertThat(header.get("a").get("data_offsets").toString()).isEqualTo("[24,28]");
    assertThat(header.get("b").toString())
        .isEqualTo("{\"data_offsets\":[28,40],\"dtype\":\"F32\",\"shape\":[1,3]}");
    int data = 8 + headerLength;
    assertThat(bytes.capacity()).isEqualTo(data + 40);
    assertThat(bytes.getLong(data)).isEqualTo(-7);
    assertThat(bytes.getDouble(data + 8)).isEqualTo(0.25);
    assertThat(bytes.getDouble(data + 16)).isEqualTo(3);
    assertThat(bytes.getFloat(data + 24)).isEqualTo(1.5f);
    assertThat(bytes.getFloat(data + 28)).isEqualTo(-2);
    assertThat(bytes.getFloat(data + 36)).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 5 | must end after",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 3 | 1 bytes early",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | must begin at byte 0",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 4 | must span F32[2]",
        "{'a':{'dtype':'BF16','shape':[2],'data_offsets':[0,4]}} | 4 | must be one of F32, F64",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,-4]}} | 0 | must span F32[-1]",
        "{'a':{'dtype':'F32','shape':[4611686018427387905],'data_offsets':[0,4]}} | 4 | must span",
        "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,-1]}} | 0 | must span",
        "{'a':{'dtype':'U8','shape':[9223372036854775807],'data_offsets':[-9223372036854775808,-1]}}"
            + "| 0 | must span",
        "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}} | 4 | must span",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,'4']}} | 4 | must span",
        "{'a':{'dtype':'U8','shape':[18446744073709551616],'data_offsets':[0,0]}} | 0 | must span",
        "[] | 0 | must be a JSON object",
        "{'a': | 0 | Unexpected end",
      })
  void aHeaderThatDoesNotDescribeTheDataIsRefused(String header, int data, String message) {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    byte[] file =
        ByteBuffer.allocate(8 + json.length + data)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .array();
    assertThatThrownBy(
            () ->
                new SafetensorsReader(new ByteArrayInputStream(file))
                    .read(
                        (tensor, in) -> {
                          for (long n = tensor.bytes(); n > 0; n -= 4) {
                            in.readBytes(4);
                          }
                        }))
        .hasMessageContaining(message);
  }

  @Test
  void aHugeHeaderLengthIsRefusedWithoutAllocatingIt() {
    byte[] file = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40).array();
    assertThatThrownBy(() -> new SafetensorsReader(new ByteArrayInputStream(file)))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("header must have 2 to 100000000 bytes, got 1099511627776");
  }
}
