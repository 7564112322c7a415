package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageService;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;

/**
 * Maps rows of the parameter tables to the processes that own them. Ids that are equal modulo a
 * power of two form a <i>stripe</i>, and each stripe has an owner. So frequent ids, which are
 * neighbours, are spread over different owners.
 *
 * <p>All rows have a <i>place</i>: first the rows of owner 0, stripe by stripe, then the rows of
 * owner 1, and so on. An owner numbers its rows from 0 in this order. All stripes take the same
 * number of places; the last place of a stripe may have no id. Immutable.
 */
public final class OwnerMap implements Serializable {
  private static final long serialVersionUID = 1;

  /** Bytes that a task may have in flight from or to several owners. */
  public static final int WINDOW = 1 << 18;

  private static final int SMALLEST_PIECE = WINDOW / 4;

  /** The number of stripes is 2 to this power, or more with many owners. */
  private static final int BITS = 10;

  private final Address[] owners;
  private final int rows;
  private final int bits;

  /** [S] the place of the first id of each stripe. */
  private final int[] firstPlace;

  /** [owners + 1] the first place of each owner. */
  private final int[] begin;

  /**
   * Maximum bytes of the rows in a piece with several owners: with few owners, pieces may be larger
   * within the window.
   */
  public static int pieceBytes(int owners) {
    return Math.max(SMALLEST_PIECE, WINDOW / Math.max(1, owners - 1));
  }

  private OwnerMap(Address[] owners, int rows, int bits) {
    this.owners = owners;
    this.rows = rows;
    this.bits = bits;
    int stripes = 1 << bits;
    firstPlace = new int[stripes];
    begin = new int[owners.length + 1];
    int place = 0;
    for (int owner = 0; owner < owners.length; owner++) {
      for (int s = owner; s < stripes; s += owners.length) {
        firstPlace[s] = place;
        place = Math.addExact(place, rowsOfStripe(rows, bits));
      }
      begin[owner + 1] = place;
    }
  }

  /** A map in which one owner has all rows; places are ids. */
  static OwnerMap of(Address owner, int rows) {
    return new OwnerMap(new Address[] {owner}, rows, 0);
  }

  /**
   * A map that divides the rows among owners.
   *
   * @param rows V
   */
  static OwnerMap of(List<Address> owners, int rows) {
    return new OwnerMap(owners.toArray(Address[]::new), rows, bits(owners.size()));
  }

  private static int bits(int owners) {
    return Math.max(BITS, 32 - Integer.numberOfLeadingZeros(owners - 1));
  }

  private static int rowsOfStripe(int rows, int bits) {
    return (int) (((long) rows + (1L << bits) - 1) >>> bits);
  }

  /** S, the number of stripes of several owners together. */
  public static long stripes(int owners) {
    return 1L << bits(owners);
  }

  /**
   * The maximum number of rows of one of several owners, including places without an id.
   *
   * @param owners number of owners
   * @param rows V
   */
  public static long mostRows(int owners, long rows) {
    long stripes = stripes(owners);
    return ((stripes + owners - 1) / owners) * ((rows + stripes - 1) / stripes);
  }

  int owners() {
    return owners.length;
  }

  Address address(int owner) {
    return owners[owner];
  }

  /** V, the number of ids. */
  int ids() {
    return rows;
  }

  /** The place of an id. */
  int place(int id) {
    return firstPlace[id & (firstPlace.length - 1)] + (id >>> bits);
  }

  /**
   * The first place of an owner; for {@code owner} = the number of owners, the number of places.
   */
  int begin(int owner) {
    return begin[owner];
  }

  /**
   * The id of each row of an owner; V or greater for a row without an id.
   *
   * @param owners number of owners
   * @param rows V
   */
  static int[] ids(int owner, int owners, int rows) {
    int bits = bits(owners);
    int each = rowsOfStripe(rows, bits);
    int stripes = ((1 << bits) - owner + owners - 1) / owners;
    int[] ids = new int[Math.multiplyExact(stripes, each)];
    for (int i = 0; i < ids.length; i++) {
      long stripe = owner + (long) (i / each) * owners;
      ids[i] = (int) Math.min(Integer.MAX_VALUE, ((long) (i % each) << bits) + stripe);
    }
    return ids;
  }

  /**
   * Some ids of an owner.
   *
   * @param ids [K]
   * @param rows [K] their row numbers at the owner
   */
  record Part(int[] ids, int[] rows) {}

  /**
   * The ids of an owner among the {@code n} ids from {@code first} on, in an order that is the same
   * for every caller.
   *
   * @param owners number of owners
   * @param rows V
   */
  static Part part(int owner, int owners, int rows, int first, int n) {
    Objects.checkFromIndexSize(first, n, rows);
    int bits = bits(owners);
    int each = rowsOfStripe(rows, bits);
    int stripes = 1 << bits;
    int[] ids = new int[n];
    int[] own = new int[n];
    int k = 0;
    for (int s = owner, i = 0; s < stripes; s += owners, i++) {
      long id = (long) first + (s - first & stripes - 1);
      for (; id < (long) first + n; id += stripes) {
        ids[k] = (int) id;
        own[k++] = i * each + (int) (id >>> bits);
      }
    }
    return new Part(Arrays.copyOf(ids, k), Arrays.copyOf(own, k));
  }

  /** The same for an owner of this map. */
  Part part(int owner, int first, int n) {
    return part(owner, owners.length, rows, first, n);
  }

  /** Rows of data whose ids are replaced by places. */
  EncodedBatch placed(EncodedBatch batch) {
    return bits == 0 ? batch : batch.withIds(places(batch.ids()), places(batch.multiIds()));
  }

  private int[] places(int[] ids) {
    int[] places = new int[ids.length];
    Arrays.setAll(places, i -> place(ids[i]));
    return places;
  }

  /**
   * The index at which the places of an owner begin among ascending places; for {@code owner} = the
   * number of owners, the end.
   */
  int from(int owner, int[] places) {
    int found = Arrays.binarySearch(places, begin[owner]);
    return found < 0 ? -found - 1 : found;
  }

  /** The owner in this process, -1 for none. */
  int here() {
    return IntStream.range(0, owners.length)
        .filter(owner -> MessageService.isHere(owners[owner]))
        .findFirst()
        .orElse(-1);
  }

  /**
   * All owners but one, in the order in which a task contacts them: tasks begin with different
   * owners.
   *
   * @param without the one to leave out, -1 for none
   */
  int[] inTurn(int without) {
    TaskContext task = TaskContext.get();
    int first = task == null ? 0 : task.partitionId() + 1;
    return IntStream.range(0, owners.length)
        .map(i -> (first + i) % owners.length)
        .filter(owner -> owner != without)
        .toArray();
  }
}
