import FaultKit

/// A way for a server to misbehave, read from a file: its story, its rules, what befalls the device, and
/// what a correct one does about it.
public struct Profile: Sendable {
    /// The file's name without its extension.
    public let name: String
    /// What happens, in a sentence or two.
    public let story: String
    /// The address of a report of such a failure in the field.
    public let report: String?
    /// What chance is derived from. Default: 1.
    public let seed: UInt64
    /// Ids of ``OTAPath`` that the profile provokes in a device.
    public let covers: [String]
    /// What happens, step by step: one at least.
    public let steps: [StoryStep]
    /// What a device has to be for it.
    public let device: DeviceSetup
    /// The file as it was named.
    public let file: String

    /// The rules of the first step.
    public var rules: [Rule] { self.steps[0].rules }
    /// What has to be true in the end.
    public var expectation: Expectation? { self.steps[self.steps.count - 1].expectation }

    /// Reads a profile, which is YAML.
    ///
    /// - Parameters:
    ///   - text: what the file holds.
    ///   - file: how problems name the file; its base name must be the profile's `name`.
    /// - Throws: every problem of the profile, in order of place. A text that is no YAML, or says a key
    ///   twice, has one problem only.
    public static func read(
        _ text: String, file: String, catalogue: Catalogue
    ) throws(ProfileError) -> Profile {
        let form = try Form.yaml(text, file: file)
        var complaints = Complaints(file: file)
        guard
            let profile = Self.read(form, file: file, catalogue: catalogue, &complaints),
            complaints.isEmpty
        else { throw complaints.error }
        return profile
    }

    private static func read(
        _ form: Form, file: String, catalogue: Catalogue, _ complaints: inout Complaints
    ) -> Profile? {
        guard var section = Section(form, "a profile", &complaints) else { return nil }
        let name = section.require("name", as: Word.self, &complaints)?.text
        if let name, name != Self.baseName(of: file), let entry = section.take("name") {
            complaints.add(
                "'name' is \(name.shown), but the file is called \(Self.baseName(of: file).shown); "
                    + "make them the same", at: entry.value.spot)
        }
        let story = section.require("story", as: Word.self, &complaints)?.text
        let report = section.read("report", as: Word.self, &complaints)?.text
        let seed = section.read("seed", as: Seed.self, &complaints)?.number
        let covers = Self.covers(section.take("covers"), &complaints)
        let reader = RuleReader(catalogue: catalogue, origin: name ?? "")
        let steps = Self.steps(&section, reader, &complaints)
        let device = section.take("device").flatMap { DeviceSetup.read($0.value, &complaints) }
        section.refuseRest(of: "a profile", &complaints)
        guard let name, let story, let steps else { return nil }
        return Profile(
            name: name, story: story, report: report, seed: seed ?? 1, covers: covers, steps: steps,
            device: device ?? DeviceSetup(), file: file)
    }

    /// A profile without `steps` is one step.
    private static func steps(
        _ section: inout Section, _ reader: RuleReader, _ complaints: inout Complaints
    ) -> [StoryStep]? {
        let rules = section.take("rules").map { reader.readList($0.value, &complaints) }
        let expect = section.take("expect")
        guard let entry = section.take("steps") else {
            guard let rules else {
                complaints.add(
                    "'rules' is missing; write a list, or [] for none", at: section.spot)
                return nil
            }
            let expectation = expect.flatMap { Expectation.read($0.value, &complaints) }
            return [
                StoryStep(
                    story: nil, rules: rules.numbered, isOffered: true, restarts: false,
                    mishap: nil, expectation: expectation)
            ]
        }
        if let expect {
            complaints.add(
                "'expect' belongs to each of the 'steps'; move it there", at: expect.value.spot)
        }
        guard case .list(let items) = entry.value.content, !items.isEmpty else {
            complaints.add("'steps' is a list: begin each step with '-'", at: entry.value.spot)
            return nil
        }
        return items.compactMap {
            StoryStep.read($0, after: rules ?? [], reader, &complaints)
        }
    }

    private static func covers(
        _ entry: Form.Entry?, _ complaints: inout Complaints
    ) -> [String] {
        guard let entry else { return [] }
        guard case .list(let items) = entry.value.content else {
            complaints.add("'covers' is a list, such as [body-stall]", at: entry.value.spot)
            return []
        }
        return items.compactMap { item in
            let id = item.text ?? ""
            if OTAPath[id] != nil { return id }
            let hint = Spelling.hint(
                for: id, among: OTAPath.all.map(\.id),
                otherwise: "; 'faultserve list coverage' names them all")
            complaints.add("unknown path \(id.shown)\(hint)", at: item.spot)
            return nil
        }
    }

    /// The last part of a path, without its extension.
    static func baseName(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? ""
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
        return String(last[..<dot])
    }
}

/// A text that says something.
struct Word: KnobValue {
    static let form = "a text"

    let text: String

    init?(knob text: String) {
        let text = text.trimmingSpaces
        guard !text.isEmpty else { return nil }
        self.text = text
    }
}

private struct Seed: KnobValue {
    static let form = "a whole number from 0 to \(UInt64.max)"

    let number: UInt64

    init?(knob text: String) {
        guard let number = UInt64(text) else { return nil }
        self.number = number
    }
}
