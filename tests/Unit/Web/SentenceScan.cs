using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Anarchive.Node;
using Anarchive.Web;

namespace Anarchive.Tests.Unit.Web;

/// <summary>
/// Every text of a compiled program that can be said in another language. It reads the instructions, so whatever the
/// compiler took for a <see cref="Sentence"/> is found, in pages as in code.
/// </summary>
internal sealed class SentenceScan
{
    private const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic |
        BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private readonly List<string> _said = [];

    /// <summary>The keys of texts, as <see cref="PoEntry.Key"/> has them.</summary>
    public SortedSet<string> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Methods that make a sentence of a text put together before: no catalog can have that.</summary>
    public SortedSet<string> Unsayable { get; } = new(StringComparer.Ordinal);

    public SentenceScan(params IEnumerable<Assembly> assemblies)
    {
        foreach (var type in assemblies.SelectMany(a => a.GetTypes()).Where(t => t != typeof(Sentence)))
            foreach (var method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All))
                .Concat(type.TypeInitializer is { } first ? [first] : []))
                Read(method);
    }

    private sealed record Step(int At, OpCode Code, object? Operand);

    private sealed class Building(int literals, int holes)
    {
        public StringBuilder Text { get; } = new();
        public int Literals { get; set; } = literals;
        public int Holes { get; private set; }
        public bool IsWhole => Literals == 0 && Holes == holes;
        public void AddHole() => Text.Append('{').Append(Holes++).Append('}');
    }

    private void Read(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } bytes) return;
        _said.Clear();
        var steps = Steps(method, bytes).ToList();
        var targets = steps.SelectMany(Targets).ToHashSet();
        var building = new Stack<Building>();
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Operand is not MethodBase called) continue;
            if (called.DeclaringType == typeof(Speech) && called.Name == "N") PairUp(method);
            if (called.DeclaringType != typeof(Sentence)) continue;
            if (called.Name is "op_Implicit" or "FromString") Whole(method, targets, steps, i);
            else if (called.IsConstructor) building.Push(new Building(Number(steps[i - 2]), Number(steps[i - 1])));
            else if (called.Name == "AppendLiteral") AddLiteral(building.Peek(), (string)steps[i - 1].Operand!);
            else if (called.Name == "AppendFormatted") building.Peek().AddHole();
            else continue;
            while (building.TryPeek(out var top) && top.IsWhole) _said.Add(building.Pop().Text.ToString());
        }

        Keys.UnionWith(_said);
    }

    private static void AddLiteral(Building building, string text)
    {
        building.Literals -= text.Length;
        building.Text.Append(text.Replace("{", "{{").Replace("}", "}}"));
    }

    private void Whole(MethodBase method, HashSet<int> targets, List<Step> steps, int at)
    {
        if (steps[at - 1].Operand is string text && !targets.Contains(steps[at].At))
            _said.Add(text.Replace("{", "{{").Replace("}", "}}"));
        else
            Unsayable.Add($"{method.DeclaringType}.{method.Name}");
    }

    private void PairUp(MethodBase method)
    {
        if (_said.Count < 2)
        {
            Unsayable.Add($"{method.DeclaringType}.{method.Name}");
            return;
        }

        var (one, other) = (_said[^2], _said[^1]);
        _said.RemoveRange(_said.Count - 2, 2);
        _said.Insert(0, PoEntry.KeyOf(one, other));
    }

    private static int Number(Step step) => step.Code.Name switch
    {
        "ldc.i4" or "ldc.i4.s" => Convert.ToInt32(step.Operand, null),
        { } name when name.StartsWith("ldc.i4.", StringComparison.Ordinal) => name[^1] - '0',
        _ => throw new InvalidOperationException($"No number: {step.Code}"),
    };

    private static IEnumerable<int> Targets(Step step) => step.Code.OperandType switch
    {
        OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget => [(int)step.Operand!],
        OperandType.InlineSwitch => (int[])step.Operand!,
        _ => [],
    };

    private static IEnumerable<Step> Steps(MethodBase method, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var begin = at;
            var code = bytes[at] == 0xfe ? Codes[(short)(0xfe00 | bytes[at + 1])] : Codes[bytes[at]];
            at += code.Size;
            var size = Size(code.OperandType, bytes, at);
            yield return new Step(begin, code, Operand(method, code.OperandType, bytes, at, at + size));
            at += size;
        }
    }

    private static int Size(OperandType type, byte[] bytes, int at) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(bytes, at),
        _ => 4,
    };

    private static object? Operand(MethodBase method, OperandType type, byte[] bytes, int at, int next)
    {
        var token = next - at >= 4 ? BitConverter.ToInt32(bytes, at) : 0;
        return type switch
        {
            OperandType.InlineString => method.Module.ResolveString(token),
            OperandType.InlineMethod => method.Module.ResolveMethod(
                token, method.DeclaringType?.GetGenericArguments(),
                method.IsGenericMethod ? method.GetGenericArguments() : null),
            OperandType.InlineI => token,
            OperandType.ShortInlineI => (int)(sbyte)bytes[at],
            OperandType.InlineBrTarget => next + token,
            OperandType.ShortInlineBrTarget => next + (sbyte)bytes[at],
            OperandType.InlineSwitch => Enumerable.Range(0, token)
                .Select(i => next + BitConverter.ToInt32(bytes, at + 4 + 4 * i)).ToArray(),
            _ => null,
        };
    }
}
