import type { Act, ActResult } from "../../../../core/simulation.ts";
import { acts, conflict, describe, onScreen } from "./acts.ts";
import type { Scene } from "./emit.ts";
import { tapped } from "./taps.ts";

/** Acts that speak to the business, which somebody who has blocked it cannot do, are all but these. */
const silent: readonly Act["act"][] = ["block", "unblock"];

function lacks(scene: Scene, what: string, id: string): never {
  const { message, view } = onScreen(scene, id);
  return conflict(`${scene.rules.title} has no ${what}. There is: ${describe(message, view)}.`);
}

/** What a person does. */
export function perform(scene: Scene, act: Act): ActResult {
  const { title } = scene.rules;
  if (scene.person.blocked && !silent.includes(act.act)) {
    conflict(`${scene.person.name} has blocked the business: "unblock" first.`);
  }
  switch (act.act) {
    case "say":
      return acts.writeText(scene, act);
    case "tap":
      return tapped(scene, act);
    case "send":
      return acts.sendFile(scene, act.gift);
    case "edit":
      return acts.edit(scene, act);
    case "delete":
      return acts.takeBack(scene, act);
    case "read":
      return acts.read(scene);
    case "react":
      return acts.react(scene, act);
    case "choose":
      return lacks(scene, "lists", act.message);
    case "vote":
      return lacks(scene, "polls", act.message);
    case "submit":
      return lacks(scene, "forms", act.message);
    case "share_location":
      return conflict(`On ${title} nobody can share a location with a business: say it in words.`);
    case "send_contact":
      return conflict(`On ${title} nobody can send a contact to a business: say it in words.`);
    default:
      return acts.block(scene, act.act === "block");
  }
}
