import FirmwareImage
import Testing

/// Whatever comes in, a value or an error comes out. The seeds are fixed.
struct PartitionTableFuzzTests {
    @Test(arguments: UInt64(41)...44)
    func anyBytesAreATable(seed: UInt64) throws {
        var numbers = Numbers(seed: seed)
        for round in 0..<1500 {
            let bytes = Self.bytes(round, &numbers)
            var table = PartitionTable(reading: bytes)
            #expect(table.bytes == bytes)
            let problems = table.problems(flashSize: 4 << 20)
            #expect(problems.allSatisfy { !$0.description.isEmpty })
            if let text = try? table.csv() {
                #expect(try PartitionTable(csv: text).partitions == table.partitions)
            }
            #expect(table.otaSlots.count <= 16)
            table.reseal()
            let left = table.problems().filter { if case .table = $0 { true } else { false } }
            #expect(left.allSatisfy { table.partitions.isEmpty && $0 == .table(.empty) })
        }
    }

    @Test(arguments: UInt64(51)...54)
    func anyTextIsATableOrAnError(seed: UInt64) throws {
        var numbers = Numbers(seed: seed)
        var (tables, errors) = (0, 0)
        for _ in 0..<1500 {
            let text = try Self.text(&numbers)
            do throws(PartitionTableError) {
                let table = try PartitionTable(csv: text)
                tables += 1
                #expect(
                    PartitionTable(reading: table.bytes).partitions.starts(
                        with: table.partitions.prefix(96)))
                _ = table.problems()
                let again = try? PartitionTable(csv: table.csv())
                #expect(again == nil || again?.partitions == table.partitions)
            } catch {
                errors += 1
                #expect(error.description.hasPrefix("Line "))
            }
        }
        #expect(tables > 100 && errors > 100)
    }

    private static func bytes(_ round: Int, _ numbers: inout Numbers) -> [UInt8] {
        if round % 5 == 0 { return numbers.bytes(Int.random(in: 0...4000, using: &numbers)) }
        var bytes = PartitionTable.twoOTA.bytes
        for _ in 0..<Int.random(in: 1...6, using: &numbers) where !bytes.isEmpty {
            // Mostly in the rows that mean something.
            let place = Int.random(
                in: 0..<min(bytes.count, round % 3 == 0 ? 4096 : 230), using: &numbers)
            switch Int.random(in: 0..<6, using: &numbers) {
            case 0: bytes.removeSubrange(place...)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: bytes[..<(place & ~31)], at: 0)
            case 3: bytes[place] = [0, 0xFF, 0xAA, 0xEB][Int.random(in: 0..<4, using: &numbers)]
            default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            }
        }
        return bytes
    }

    private static func text(_ numbers: inout Numbers) throws -> String {
        let pieces = [
            ",", ",,,", "\n", "\r\n", "\r", "#", ":", " ", "\t", "\0", "0x", "0xffffffff", "K", "M",
            "9999999999999999999999K", "\u{301}", "\u{FEFF}", "\u{85}", "\u{2028}", "é", "👩‍👩‍👧", "-",
            "app", "data", "ota_16", "encrypted", "readonly:", "\u{200D}", "０",
        ]
        var scalars = Array(try PartitionTable.twoOTA.csv().unicodeScalars)
        if Int.random(in: 0..<6, using: &numbers) == 0 { scalars = [] }
        for _ in 0..<Int.random(in: 1...5, using: &numbers) {
            let place = Int.random(in: 0...scalars.count, using: &numbers)
            let piece = pieces[Int.random(in: pieces.indices, using: &numbers)]
            let end = min(scalars.count, place + Int.random(in: 0...3, using: &numbers))
            scalars.replaceSubrange(place..<end, with: piece.unicodeScalars)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
