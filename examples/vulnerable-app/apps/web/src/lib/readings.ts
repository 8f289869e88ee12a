import axios from "axios";
import groupBy from "lodash/groupBy";
import ms from "ms";

export interface Reading {
  sensor: string;
  celsius: number;
}

export async function readings(base: string): Promise<Record<string, Reading[]>> {
  const answer = await axios.get<Reading[]>(`${base}/sensors`, { timeout: ms("5s") });
  return groupBy(answer.data, (reading) => reading.sensor);
}
