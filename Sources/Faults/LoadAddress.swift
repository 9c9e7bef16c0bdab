public import FaultKit
import FirmwareImage

/// Sends a segment to an address where it does not belong.
public struct LoadAddress: ImageFault {
    public static let manual = Manual(
        name: "load-address",
        summary: "says that a segment belongs at another address",
        requirement:
            "The client or its bootloader refuses an image with a segment that cannot be mapped or loaded "
            + "where it says, and the firmware that ran before runs again.",
        knobs: [
            .init(
                "address",
                "the address in the segment's header: misaligned (4 more, so that it cannot be mapped), "
                    + "outside-ram (0x20000000, where no chip has RAM), second-drom (behind the "
                    + "constants, so that padding is mapped as a second DROM segment), or a number"),
            .init(
                "segment",
                "the number of the segment, from 0 on; default the first that is mapped, is copied to RAM, or "
                    + "is padding, as the address wants it, and 0 for a number"),
            Resealing.knob(default: .full),
        ],
        example: ["address": "misaligned"])

    private let address: Address
    private let segment: SegmentNumber?
    private let resealing: Resealing

    /// Reads `address`, `segment` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.address = try knobs.read("address")
        self.segment = try knobs.readIfSet("segment")
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has no segment that the address is for.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            if case .at(let address) = self.address {
                let number = self.segment?.value ?? 0
                _ = try image.segment(number, in: map)
                return try image.change("segment[\(number)].load_addr", to: address, in: map)
            }
            let (number, chip) = try self.target(in: map, of: image)
            let address = try self.address(of: number, in: map, chip, image.name)
            try image.change("segment[\(number)].load_addr", to: address, in: map)
        }
    }

    /// The segment whose address is to change, which is of the kind that the change is for.
    private func target(in map: AppImageMap, of image: Image) throws -> (number: Int, chip: Chip) {
        guard let chip = map.header.chip else {
            throw ImageError(
                "'\(image.name)' is for a chip whose memory is not known; give 'address' a number")
        }
        func fits(_ number: Int) -> Bool {
            chip.memory(at: map.segments[number].loadAddress).map(self.address.isFor) ?? false
        }
        let number = try self.segment.map {
            _ = try image.segment($0.value, in: map)
            return $0.value
        }
        guard let fitting = number ?? map.segments.indices.first(where: fits), fits(fitting) else {
            let which = number.map { "segment \($0)" } ?? "no segment"
            throw ImageError(
                "'\(image.name)': \(which) is \(number == nil ? "" : "not ")one \(self.address.kind); name "
                    + "another 'segment', or offer another image")
        }
        return (fitting, chip)
    }

    private func address(
        of number: Int, in map: AppImageMap, _ chip: Chip, _ name: String
    ) throws -> UInt32 {
        let segment = map.segments[number]
        switch self.address {
        case .at(let address): return address
        case .misaligned: return segment.loadAddress &+ 4
        case .outsideRAM: return 0x2000_0000
        case .secondDROM: break
        }
        let constants = map.segments[0]
        let kind = chip.memory(at: constants.loadAddress)
        let behind = Int(constants.loadAddress) + constants.data.count + Chip.page - 1
        let place = behind / Chip.page * Chip.page + segment.data.lowerBound % Chip.page
        guard kind?.isMapped == true, !segment.data.isEmpty,
            let end = UInt32(exactly: place + segment.data.count - 1), chip.memory(at: end) == kind
        else {
            throw ImageError(
                "'\(name)' has no room for segment \(number) behind its constants in "
                    + "\(chip.name)'s memory; offer a smaller image")
        }
        return UInt32(place)
    }
}

private enum Address: KnobValue, Hashable {
    case misaligned, outsideRAM, secondDROM
    case at(UInt32)

    static let form =
        "misaligned, outside-ram, second-drom, or an address up to 4294967295, also in hexadecimal"

    init?(knob text: String) {
        switch text.lowercased() {
        case "misaligned": self = .misaligned
        case "outside-ram": self = .outsideRAM
        case "second-drom": self = .secondDROM
        default:
            guard let number = Unsigned<UInt32>(knob: text) else { return nil }
            self = .at(number.value)
        }
    }

    /// Whether a segment that lies in such memory can be sent there.
    func isFor(_ memory: MemoryKind) -> Bool {
        switch self {
        case .misaligned: memory.isMapped
        case .outsideRAM: !memory.isMapped && memory != .padding
        case .secondDROM: memory == .padding
        case .at: true
        }
    }

    /// The segments that ``isFor(_:)`` takes, in words.
    var kind: String {
        switch self {
        case .misaligned: "that is mapped"
        case .outsideRAM: "that is copied to RAM"
        case .secondDROM: "of padding"
        case .at: "at all"
        }
    }
}
